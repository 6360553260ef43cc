import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Trouble, WorkerView } from '../../src/control/crew-state.ts';
import { isWatching, scene, sweep, worker } from './run-scene.ts';

describe('nightcrew run, on a machine without room for all workers', () => {
  it('ends with the figures when the machine can never have room for the workers', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    const refusal = {
      reasons: ['needs about 64 GB (its pool’s memory), 15 GB free'],
      risks: [],
      nextStep: 'Set `memory` of pool simulate to what it needs.',
      never: true as const,
    };
    client.change({ workers: [worker({ state: 'DEAD', refusal })] });
    assert.equal(await run, 1);
    assert.deepEqual(host.terminal.errors.split('\n'), [
      'error: 600 jobs of pool simulate cannot be done: this machine never has room for its workers: each needs about 64 GB (its pool’s memory), 15 GB free.',
      '  next: Correct that and give `nightcrew run` again: what is done stays done. Set `memory` of pool simulate to what it needs. Or start them anyway first: `nightcrew up simulate --force`.',
      '',
    ]);
  });

  it('lets workers go that have nothing left to do, when others wait for their room', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    const refusal = { reasons: ['1 worker lives already'], risks: [], nextStep: '' };
    const idle = worker({ id: 'tag-1', pool: 'tag', state: 'RUNNING' });
    client.change({ workers: [worker({ state: 'DEAD', refusal }), idle] });
    client.change({ workers: [{ ...idle, memory: 1 }] });
    assert.deepEqual(client.asked('drain'), [{ select: { workers: ['tag-1'] } }]);
    client.change({ batches: [sweep(0, 0)] });
    assert.equal(await run, 0);
  });

  it('says why it waits when another program takes the room, what makes some, and the way around it', async (test) => {
    const { host, client } = scene(test);
    const run = host.run('run');
    await isWatching(host);
    const free = (gigabytes: number): { troubles: Trouble[]; workers: WorkerView[] } => {
      const reasons = [`needs about 8 GB (its pool’s memory), ${gigabytes} GB free`];
      const message = `simulate-1 waits for room: it ${reasons[0]}.`;
      const nextStep = 'It is started when there is room. End another worker or program.';
      return {
        troubles: [{ kind: 'room', message, nextStep, since: 1 }],
        workers: [worker({ state: 'DEAD', refusal: { reasons, risks: [], nextStep } })],
      };
    };
    client.change(free(6));
    client.change(free(5));
    assert.deepEqual(host.terminal.output.split('\n').slice(-4), [
      'simulate-1 waits for room: it needs about 8 GB (its pool’s memory), 6 GB free.',
      '  next: It is started when there is room. End another worker or program.',
      '  or: start them all the same: the machine may become slow, or the system may end workers: `nightcrew up simulate --force`',
      '',
    ]);
    client.change({ troubles: [], workers: [worker()], batches: [sweep(0, 0)] });
    assert.equal(await run, 0);
  });
});
