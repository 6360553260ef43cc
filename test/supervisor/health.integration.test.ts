/** Workers that are not well, as real processes: whose job stands still, who compute without a pause, who crash at every start. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signalProcess } from '../../src/keeper/process-identity.ts';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

describe('the health of', () => {
  it('a worker whose job stands still while its heart beats: stuck, not stalled, and not ended', async () => {
    await using crew = TemporaryCrew.make(
      'pools: { still: { command: python3 stands_still.py, heartbeat: 200ms, health: { progress: 1s } } }',
    );
    const client = await crew.connect();
    await client.request('up', {});
    await client.request('enqueue', { pool: 'still', source: { parameters: {} } });
    const state = await crew.until(
      client,
      'it to be stuck',
      (now) => workerOf(now, 'still-1').stuck !== undefined,
    );
    const worker = workerOf(state, 'still-1');
    assert.match(worker.stuck!, /^job 1: no progress for .*; its longest pause until then was /);
    assert.deepEqual(
      [worker.state, worker.stalled, worker.healthy, worker.job?.attempt],
      ['RUNNING', false, false, 1],
    );
    assert.deepEqual(
      worker.findings.map(({ name }) => name),
      ['completion'],
    );
    const report = await client.request('health', { select: { all: true } });
    assert.equal(report.healthy, 0);
    const [note] = await client.request('notes', { worker: 'still-1' });
    assert.equal(note?.kind, 'stuck');
  });

  it('workers that compute without a pause: heard as long as any thread has a turn, and else told from dead ones', async () => {
    const heartbeat = 'heartbeat: 300ms, health: { stalled: 1500ms }';
    await using crew = TemporaryCrew.make(`
pools:
  python: { command: python3 spins.py, ${heartbeat} }
  node: { command: node spins.cjs, ${heartbeat} }
  held: { command: python3 spins.py, ${heartbeat} }
`);
    const spinning = ['python-1', 'node-1'];
    const client = await crew.connect();
    // Who looks has memory and CPU measured more often.
    await client.request('subscribe', {});
    await client.request('up', {});
    for (const [pool, task] of [
      ['python', 'loop'],
      ['node', 'loop'],
      ['held', 'hold'],
    ] as const)
      await client.request('enqueue', { pool, task, source: { parameters: {} } });
    const state = await crew.until(client, 'the held one to be stalled, and known to compute', (now) => {
      const others = spinning.map((id) => workerOf(now, id));
      if (others.some((worker) => worker.stalled || !worker.job)) return false;
      const { stalled, findings } = workerOf(now, 'held-1');
      return (
        stalled && findings.some(({ message }) => /; its processes use [1-9]\d* % of a core$/.test(message))
      );
    });
    assert.equal(workerOf(state, 'held-1').state, 'RUNNING', 'it is not ended');
    for (const id of spinning) {
      const { stalled, stuck, job, state: is } = workerOf(state, id);
      assert.deepEqual([stalled, stuck, job?.attempt, is], [false, undefined, 1, 'RUNNING']);
    }
    const report = await client.request('health', { select: { workers: spinning } });
    for (const { worker, checks } of report.workers) {
      const answer = checks.find(({ name }) => name === 'response');
      assert.equal(answer?.ok, true, `${worker}: ${answer?.message}`);
    }
    const [note] = await client.request('notes', { worker: 'held-1' });
    assert.equal(note?.kind, 'stalled');
  });

  it('a worker that crashes at every start: started again, and counted over the death of the supervisor', async () => {
    await using crew = TemporaryCrew.make('pools: { crash: { command: "python3 -c pass" } }');
    const client = await crew.connect();
    await client.request('up', {});
    await crew.until(client, 'its second crash', (now) => {
      const { launch, state } = workerOf(now, 'crash-1');
      return launch === 2 && state === 'FAILED';
    });
    await signalProcess((await crew.supervisor())!, 'SIGKILL');
    const successor = await crew.connect();
    const state = await crew.until(successor, 'its restart to wait', (now) => {
      return workerOf(now, 'crash-1').restartDue !== undefined;
    });
    const { autoRestarts, launch } = workerOf(state, 'crash-1');
    assert.deepEqual([autoRestarts, launch], [1, 2]);
  });
});
