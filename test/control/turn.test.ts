import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { isBefore, parseTicketName, ticketName, type Ticket } from '../../src/control/turn.ts';
import type { TurnScenario } from './turn-thread.ts';

/** In a thread of its own: the hooks by which the test runner follows every promise would cost three times what they watch. */
async function countIn(scenario: TurnScenario): Promise<number> {
  const [count] = (await once(
    new Worker(new URL('turn-thread.ts', import.meta.url), { workerData: scenario }),
    'message',
  )) as [number];
  return count;
}

describe('the turn', () => {
  it('is never two starters’, in any order of their steps and with a death anywhere', async () => {
    const orders = await countIn('all orders');
    assert.ok(orders > 1_000, `${orders} orders`);
  });

  it('is never two starters’ over a stale ticket, nor when one of them waits in line', async () => {
    const orders = await countIn('all orders with a stale ticket or a wait');
    assert.ok(orders > 1_000, `${orders} orders`);
  });

  it('is never two starters’ among many that come and go, wait, die and list slowly', async () => {
    const taken = await countIn('many by chance');
    assert.ok(taken > 600, `${taken} turns were taken`);
  });
});

describe('a ticket', () => {
  const ticket: Ticket = {
    number: 7,
    process: { pid: 4711, startTime: 'Sat Nov 22 08:00:00 2025', bootId: '7f1a-0c52' },
    place: "über.cluster.org/pid:[4026531836]'",
  };

  it('is told by its name, which holds for any file system', () => {
    const name = ticketName(ticket);
    assert.match(name, /^[\w.%-]{1,255}$/);
    assert.deepEqual(parseTicketName(name), ticket);
    for (const other of [
      '',
      '.DS_Store',
      '00000007',
      'x.1.2.3.4',
      `${name}.tmp`,
      '00000001.1.%E0%A4%A.b.c',
    ]) {
      assert.equal(parseTicketName(other), undefined, other);
    }
  });

  it('comes after every other one or before it', () => {
    const twin = { ...ticket, process: { ...ticket.process, pid: 4712 } };
    assert.notEqual(isBefore(ticket, twin), isBefore(twin, ticket));
    assert.ok(isBefore({ ...ticket, number: 99_999_999 }, { ...ticket, number: 100_000_000 }));
  });
});
