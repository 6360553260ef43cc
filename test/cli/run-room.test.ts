import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
});
