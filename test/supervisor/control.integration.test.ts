/** What people do to workers: drain, abort, restart, pause, remove; and workers that do not do what they should. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = `
pools:
  tag: { command: python3 tasks.py, workers: 1, grace: 1s }
  silent: { command: python3 raw.py silent, workers: 1, startup: 1s }
  exits: { command: python3 raw.py exits, workers: 1 }
  wrong-token: { command: python3 raw.py wrong-token, workers: 1 }
  ignores-drain: { command: python3 raw.py ignores-drain, workers: 1, grace: 1s }
  missing: { command: no-such-program --x, workers: 1 }
`;

async function withRunningJob(crew: TemporaryCrew, task: string, parameters = {}) {
  const client = await crew.connect();
  await client.request('up', { pools: ['tag'] });
  const { firstJob } = await client.request('enqueue', { pool: 'tag', task, source: { parameters } });
  const state = await crew.until(client, 'the job to run', (now) => workerOf(now, 'tag-1').job !== undefined);
  return { client, firstJob, worker: workerOf(state, 'tag-1') };
}

describe('control of workers', () => {
  it('drains: the current job is finished first', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const file = join(crew.workspace, 'go');
    const { client, firstJob } = await withRunningJob(crew, 'wait', { file });
    const { outcomes } = await client.request('drain', { select: { workers: ['tag-1'] } });
    assert.deepEqual(outcomes, [{ worker: 'tag-1', ok: true, message: 'draining; job 1 is still running' }]);
    assert.equal(workerOf(await client.request('status', {}), 'tag-1').state, 'DRAINING');
    await client.request('enqueue', { pool: 'tag', source: { parameters: {} } });
    writeFileSync(file, '');
    const state = await crew.until(
      client,
      'the worker to be gone',
      (now) => workerOf(now, 'tag-1').state === 'DEAD',
    );
    assert.equal(workerOf(state, 'tag-1').reason, 'drained');
    assert.equal((await client.request('job', { job: firstJob })).state, 'done');
    assert.equal(state.pools.find(({ name }) => name === 'tag')?.counts.pending, 1, 'it took nothing new');
  });

  it('aborts: the process ends at once and the job goes back without a count against it', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const { client, firstJob } = await withRunningJob(crew, 'stubborn');
    const { outcomes } = await client.request('abort', { select: { workers: ['tag-1'] } });
    assert.deepEqual(outcomes, [
      { worker: 'tag-1', ok: true, message: 'aborted; job 1 is back in the queue' },
    ]);
    const job = await client.request('job', { job: firstJob });
    assert.deepEqual([job.state, job.attempts, job.failures], ['pending', 1, 0]);
    assert.equal(job.attemptHistory[0]?.outcome, 'aborted');
    assert.equal(workerOf(await client.request('status', {}), 'tag-1').state, 'DEAD');
  });

  it('restarts under the same id, and the job goes on as the next attempt', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const { client, worker } = await withRunningJob(crew, 'wait');
    await client.request('restart', { select: { pool: 'tag' } });
    const state = await crew.until(client, 'the new process to run the job', (now) => {
      const { launch, job } = workerOf(now, 'tag-1');
      return launch === 2 && job?.attempt === 2;
    });
    assert.notEqual(workerOf(state, 'tag-1').pid, worker.pid);
    const { outcomes } = await client.request('cancel', { jobs: [1] });
    assert.equal(outcomes[0]?.ok, true);
    await crew.until(client, 'the job to be cancelled', ({ pools }) =>
      pools.some(({ counts }) => counts.cancelled === 1),
    );
    assert.equal(
      workerOf(await client.request('status', {}), 'tag-1').state,
      'RUNNING',
      'a cancelled job costs no worker',
    );
  });

  it('cancels waiting jobs, and says of the others what they are', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('enqueue', { pool: 'tag', source: { matrix: { n: '1..5' } } });
    const { outcomes } = await client.request('cancel', { jobs: [2, 4, 99] });
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, true, false],
    );
    assert.match(outcomes[2]!.message, /does not exist/);
    await client.request('up', { pools: ['tag'] });
    await crew.until(client, 'the others to be done', ({ pools }) =>
      pools.some(({ counts }) => counts.done === 3),
    );
    const { jobs } = await client.request('jobs', {});
    assert.deepEqual(
      jobs.map(({ state }) => state),
      ['done', 'cancelled', 'done', 'cancelled', 'done'],
    );
    assert.match((await client.request('cancel', { jobs: [1] })).outcomes[0]!.message, /done already/);
  });

  it('pauses and resumes', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    await crew.until(client, 'the worker to register', (now) => workerOf(now, 'tag-1').state === 'RUNNING');
    await client.request('pause', { select: { all: true }, paused: true });
    await client.request('enqueue', { pool: 'tag', source: { parameters: {} } });
    const state = await client.request('status', {});
    assert.equal(workerOf(state, 'tag-1').paused, true);
    assert.equal(workerOf(state, 'tag-1').job, undefined);
    await client.request('pause', { select: { all: true }, paused: false });
    await crew.until(client, 'the job to be done', ({ pools }) =>
      pools.some(({ counts }) => counts.done === 1),
    );
  });

  it('tells a partial failure for each worker instead of throwing', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    const { outcomes } = await client.request('add', { pool: 'tag', count: 2 });
    assert.deepEqual(
      outcomes.map(({ worker, ok }) => [worker, ok]),
      [
        ['tag-1', true],
        ['tag-2', true],
      ],
    );
    await client.request('abort', { select: { workers: ['tag-1'] } });
    const both = await client.request('drain', { select: { workers: ['tag-1', 'tag-2'] }, wait: true });
    assert.deepEqual(
      both.outcomes.map(({ ok }) => ok),
      [false, true],
    );
    assert.match(both.outcomes[0]!.message, /is DEAD already/);
    const none = await client.request('abort', { select: { pool: 'tag' } });
    assert.deepEqual(none.outcomes, [], 'a filter means those that live');
    const removed = await client.request('remove', { select: { all: true } });
    assert.equal(removed.outcomes.length, 2);
    assert.deepEqual((await client.request('status', {})).workers, []);
  });
});

describe('workers that do not do what they should', () => {
  it('fails one that never says initialize, when its time to start is over', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['silent'] });
    const state = await crew.until(
      client,
      'it to fail',
      (now) => workerOf(now, 'silent-1').state === 'FAILED',
    );
    assert.match(workerOf(state, 'silent-1').reason, /did not register within 1 s; does its command speak/);
  });

  it('fails one that exits at once, with what it said', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['exits'] });
    const state = await crew.until(
      client,
      'it to fail',
      (now) => workerOf(now, 'exits-1').state === 'FAILED',
    );
    assert.match(workerOf(state, 'exits-1').reason, /exit code 3 before it registered: cannot find my model/);
  });

  it('refuses one with a wrong token', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['wrong-token'] });
    const state = await crew.until(
      client,
      'it to fail',
      (now) => workerOf(now, 'wrong-token-1').state === 'FAILED',
    );
    assert.match(workerOf(state, 'wrong-token-1').reason, /launch token is not the one/);
  });

  it('forces one that ignores drain', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['ignores-drain'] });
    await crew.until(client, 'it to register', (now) => workerOf(now, 'ignores-drain-1').state === 'RUNNING');
    await client.request('drain', { select: { all: true }, wait: true });
    const worker = workerOf(await client.request('status', {}), 'ignores-drain-1');
    assert.deepEqual([worker.state, worker.reason], ['DEAD', 'drained; it had to be forced']);
  });

  it('names a command that is not there', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    const { started } = await client.request('up', { pools: ['missing'] });
    assert.equal(started[0]?.ok, false);
    assert.match(started[0]!.message, /command not found: no-such-program \(pool missing\)/);
  });
});
