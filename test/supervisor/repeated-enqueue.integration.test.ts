/** An enqueue whose answer was lost with its supervisor is asked again, and gives its jobs once. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { waitFor } from '../wait-for.ts';
import { TemporaryCrew } from './temporary-crew.ts';

const crewFile = `
pools: { tag: { command: python3 tasks.py, workers: 0 } }
batches: { sweep: { pool: tag, matrix: { seed: 1..20 } }, other: { pool: tag, matrix: { seed: 1..3 } } }
`;

const journalHas = (crew: TemporaryCrew, text: string): boolean => {
  const folder = join(crew.workspace, '.nightcrew', 'journal');
  return readdirSync(folder).some((name) => readFileSync(join(folder, name), 'utf8').includes(text));
};

async function kill(crew: TemporaryCrew): Promise<void> {
  const supervisor = (await crew.supervisor())!;
  await signalProcess(supervisor, 'SIGKILL');
  await waitFor('its end', async () => !(await isAlive(supervisor)));
}

async function jobs(client: ControlClient): Promise<number> {
  return (await client.request('jobs', {})).total;
}

describe('an enqueue that is asked again', () => {
  it('is answered with the same by a successor, and by the same supervisor, however often', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const request = { request: 'a-1', pool: 'tag', source: { matrix: { seed: '1..7' } } };
    const first = await crew.connect();
    const answer = await first.request('enqueue', request);
    const batches = await first.request('enqueueBatches', { request: 'b-1' });
    assert.deepEqual(await first.request('enqueue', request), answer);
    assert.deepEqual(await first.request('enqueueBatches', { request: 'b-1' }), batches);
    assert.ok(journalHas(crew, '"request":"a-1"'));
    await kill(crew);
    const second = await crew.connect();
    assert.deepEqual(await second.request('enqueue', request), answer);
    assert.deepEqual(await second.request('enqueueBatches', { request: 'b-1', again: true }), batches);
    assert.equal(await jobs(second), 30);
    const other = await second.request('enqueue', { ...request, request: 'a-2' });
    assert.equal(other.firstJob, 31);
    // From the database this time, not from the journal's tail.
    await second.request('down', { mode: 'stop' });
    const supervisor = await crew.supervisor();
    await waitFor('the end', async () => !supervisor || !(await isAlive(supervisor)));
    const third = await crew.connect();
    assert.deepEqual(await third.request('enqueue', request), answer);
    assert.equal(await jobs(third), 37);
  });

  it('asks again by itself, once connected again: recorded before the death or not, the jobs are there once', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    // Not recorded: it was stopped before it could read the request.
    const first = await crew.connect();
    await signalProcess((await crew.supervisor())!, 'SIGSTOP');
    const unread = first.request('enqueue', { pool: 'tag', source: { matrix: { seed: '1..5' } } });
    await kill(crew);
    assert.equal((await unread).count, 5);
    // Recorded, and killed before the answer or behind it, as it happens.
    const second = await crew.connect();
    const recorded = second.request('enqueue', {
      request: 'mine',
      pool: 'tag',
      source: { matrix: { seed: '1..6' } },
    });
    await waitFor('the record', () => journalHas(crew, '"request":"mine"'));
    await kill(crew);
    assert.equal((await recorded).firstJob, 6);
    assert.equal(await jobs(await crew.connect()), 11);
  });
});
