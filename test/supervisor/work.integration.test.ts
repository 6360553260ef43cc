/** Jobs run on supervised workers: three pools, three languages, and what their jobs may do. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TemporaryCrew, workerOf } from './temporary-crew.ts';

const crewFile = `
pools:
  tag: { command: python3 tasks.py, workers: 2, grace: 1s, backoff: 100ms }
  library: { command: node tasks.cjs, workers: 2 }
  calibration: { run: 'sh -c "echo site {site}; test {site} != 3"', workers: 2, attempts: 2, backoff: 0s }
`;

describe('a crew at work', () => {
  it('runs three pools in three languages at once and keeps every result', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    const { started } = await client.request('up', {});
    assert.deepEqual(started.map(({ worker, ok }) => [worker, ok]).sort(), [
      ['calibration-1', true],
      ['calibration-2', true],
      ['library-1', true],
      ['library-2', true],
      ['tag-1', true],
      ['tag-2', true],
    ]);
    const batches = await Promise.all([
      client.request('enqueue', { pool: 'tag', source: { matrix: { seed: '1..50' } } }),
      client.request('enqueue', { pool: 'library', source: { matrix: { path: ['a', 'b', 'c'] } } }),
      client.request('enqueue', { pool: 'calibration', source: { matrix: { site: [1, 2, 3, 4] } } }),
    ]);
    assert.deepEqual(
      batches.map(({ count }) => count),
      [50, 3, 4],
    );
    const state = await crew.until(
      client,
      'all jobs to end and all workers to be healthy',
      ({ pools, workers }) =>
        pools.every(({ counts }) => counts.pending + counts.running === 0) &&
        workers.every(({ healthy }) => healthy),
    );
    const counts = Object.fromEntries(state.pools.map((pool) => [pool.name, pool.counts]));
    assert.equal(counts['tag']?.done, 50);
    assert.equal(counts['library']?.done, 3);
    assert.deepEqual([counts['calibration']?.done, counts['calibration']?.failed], [3, 1]);
    const languages = Object.fromEntries(state.workers.map(({ pool, language }) => [pool, language]));
    assert.deepEqual([languages['tag'], languages['library']], ['python', 'javascript']);

    const { jobs, total } = await client.request('jobs', { pool: 'tag', limit: 100 });
    assert.equal(total, 50);
    for (const job of jobs) assert.deepEqual(job.result, { echo: job.parameters, attempt: 1 });

    const failed = await client.request('jobs', { pool: 'calibration', states: ['failed'] });
    const detail = await client.request('job', { job: failed.jobs[0]!.id });
    assert.equal(detail.attemptHistory.length, 2, 'tried as often as the pool allows');
    assert.equal(detail.error?.type, 'exit code 1');
    assert.match(crew.log('calibration-1') + crew.log('calibration-2'), /site 3/);
  });

  it('prefers higher priorities and, within one, the older job', async () => {
    await using crew = TemporaryCrew.make('pools: { tag: { command: python3 tasks.py, workers: 1 } }');
    const client = await crew.connect();
    await client.request('enqueue', { pool: 'tag', source: { matrix: { n: [1, 2] } } });
    await client.request('enqueue', { pool: 'tag', priority: 5, source: { matrix: { n: [3, 4] } } });
    await client.request('enqueue', { pool: 'tag', priority: -1, source: { parameters: { n: 5 } } });
    assert.equal(
      (await client.request('status', {})).pools[0]?.counts.pending,
      5,
      'a queue needs no live worker',
    );
    await client.request('up', {});
    const state = await crew.until(client, 'all jobs to end', ({ pools }) => pools[0]?.counts.done === 5);
    assert.deepEqual(state.recent.map(({ parameters }) => parameters['n']).reverse(), [3, 4, 1, 2, 5]);
  });

  it('gives jobs that are matched by labels to the workers that have them', async () => {
    await using crew = TemporaryCrew.make(`
pools:
  annotate: { command: python3 tasks.py, workers: { annotator: [ada, ben], domain: [law, news] } }
batches:
  texts: { pool: annotate, matrix: { annotator: [ada, ben], domain: [law, news], text: 1..5 }, match: [annotator, domain] }
`);
    const client = await crew.connect();
    await client.request('up', {});
    await client.request('enqueueBatches', {});
    const state = await crew.until(client, 'all jobs to end', ({ pools }) => pools[0]?.counts.done === 20);
    assert.equal(state.workers.length, 4);
    for (const { worker, parameters } of state.recent) {
      const { labels } = workerOf(state, worker);
      assert.deepEqual(
        [parameters['annotator'], parameters['domain']],
        [labels['annotator'], labels['domain']],
      );
    }
    const again = await client.request('enqueueBatches', {});
    assert.deepEqual(again.enqueued, []);
    assert.match(again.skipped[0]!.reason, /worked off before/);
    assert.equal((await client.request('enqueueBatches', { again: true })).enqueued[0]?.count, 20);
  });

  it('keeps a failure with its reason, traceback and attempts', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    const { firstJob } = await client.request('enqueue', {
      pool: 'tag',
      task: 'fail',
      attempts: 2,
      source: { parameters: { message: 'no convergence at step 3' } },
    });
    await crew.until(client, 'the job to fail', ({ pools }) =>
      pools.some(({ counts }) => counts.failed === 1),
    );
    const job = await client.request('job', { job: firstJob });
    assert.equal(job.state, 'failed');
    assert.equal(job.error?.type, 'ValueError');
    assert.match(job.error.message, /no convergence at step 3/);
    assert.match(job.error.traceback ?? '', /tasks\.py.*line \d+/s);
    assert.deepEqual(
      job.attemptHistory.map(({ outcome }) => outcome),
      ['failed', 'failed'],
    );

    const unknown = await client.request('enqueue', {
      pool: 'tag',
      task: 'tpyo',
      attempts: 1,
      source: { parameters: {} },
    });
    await crew.until(client, 'the job to fail', ({ pools }) =>
      pools.some(({ counts }) => counts.failed === 2),
    );
    assert.match((await client.request('job', { job: unknown.firstJob })).error?.message ?? '', /tpyo/);
  });

  it('sees a crash at once: the worker is FAILED, the job is tried again elsewhere', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    const { firstJob } = await client.request('enqueue', {
      pool: 'tag',
      task: 'crash',
      source: { parameters: {} },
    });
    const state = await crew.until(client, 'the job to be done', ({ pools }) =>
      pools.some(({ counts }) => counts.done === 1),
    );
    const failed = state.workers.find(({ state: is }) => is === 'FAILED');
    assert.match(failed?.reason ?? '', /SIGSEGV/);
    const job = await client.request('job', { job: firstJob });
    assert.deepEqual(
      job.attemptHistory.map(({ outcome }) => outcome),
      ['crashed', 'done'],
    );
    assert.match(job.attemptHistory[0]?.logTail ?? '', /about to crash/);
    assert.notEqual(job.attemptHistory[1]?.worker, failed?.id);
    const history = await client.request('history', { worker: failed!.id });
    assert.deepEqual(history.map(({ to }) => to).sort(), ['FAILED', 'RUNNING', 'STARTING']);
  });

  it('hands a checkpoint to the next attempt', async () => {
    await using crew = TemporaryCrew.make(
      'pools: { tag: { command: python3 tasks.py, workers: 3, backoff: 0s } }',
    );
    const client = await crew.connect();
    await client.request('up', {});
    const { firstJob } = await client.request('enqueue', {
      pool: 'tag',
      task: 'checkpointed',
      source: { parameters: {} },
    });
    await crew.until(client, 'the job to be done', ({ pools }) => pools[0]?.counts.done === 1);
    const job = await client.request('job', { job: firstJob });
    assert.deepEqual(job.result, { steps: 3 });
    assert.equal(job.attempts, 3);
  });

  it('ends a job over its limit, gently or by force, and starts the worker again', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    const base = { pool: 'tag', timeout: 1, attempts: 1, source: { parameters: {} } };
    const gentle = await client.request('enqueue', { ...base, task: 'wait' });
    const forced = await client.request('enqueue', { ...base, task: 'stubborn' });
    const state = await crew.until(client, 'both jobs to fail', ({ pools }) =>
      pools.some(({ counts }) => counts.failed === 2),
    );
    for (const { firstJob } of [gentle, forced]) {
      const job = await client.request('job', { job: firstJob });
      assert.equal(job.attemptHistory[0]?.outcome, 'timed-out');
      assert.match(job.error?.message ?? '', /limit of 1 s/);
    }
    const worker = (await client.request('job', { job: forced.firstJob })).attemptHistory[0]!.worker;
    assert.ok(workerOf(state, worker));
    await crew.until(client, 'the worker to be back', (now) => workerOf(now, worker).state === 'RUNNING');
  });

  it('survives everything a worker may print', async () => {
    await using crew = TemporaryCrew.make(`
pools:
  tag: { command: python3 tasks.py, workers: 1 }
  library: { command: node tasks.cjs, workers: 1 }
  raw: { command: python3 raw.py stray, workers: 1 }
`);
    const client = await crew.connect();
    await client.request('up', {});
    await client.request('enqueue', { pool: 'tag', task: 'noisy', source: { parameters: {} } });
    await client.request('enqueue', { pool: 'library', task: 'noisy', source: { parameters: {} } });
    await client.request('enqueue', { pool: 'raw', source: { matrix: { n: [1, 2, 3] } } });
    await crew.until(client, 'all jobs to end', ({ pools }) =>
      pools.every(({ counts }) => counts.pending + counts.running === 0),
    );
    const { jobs } = await client.request('jobs', {});
    assert.deepEqual(
      jobs.map(({ state }) => state),
      ['done', 'done', 'done', 'done', 'done'],
    );
    const log = crew.log('tag-1');
    for (const text of ['a print', 'no newline', 'raw write', 'native puts', 'from a child'])
      assert.match(log, new RegExp(text));
    assert.match(crew.log('raw-1'), /banner without newline/);
    assert.match(crew.log('raw-1'), /working\.\.\./);
  });

  it('reads CSV and JSONL files, and writes results as CSV', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    writeFileSync(
      join(crew.workspace, 'sites.csv'),
      'name,depth,flag,state,attempt\n"north, upper",0.5,true,a,b\nsouth,007,,c,d\n',
    );
    writeFileSync(join(crew.workspace, 'more.jsonl'), '{"name":"west"}\n{"name":"east","depth":[1,2]}\n');
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    const { batch } = await client.request('enqueue', {
      pool: 'tag',
      name: 'sites',
      source: { csv: join(crew.workspace, 'sites.csv') },
    });
    await client.request('enqueue', { pool: 'tag', source: { jsonl: join(crew.workspace, 'more.jsonl') } });
    await crew.until(client, 'all jobs to end', ({ pools }) => pools.some(({ counts }) => counts.done === 4));
    const { file, rows } = await client.request('exportResults', { batch });
    assert.equal(rows, 2);
    const [header, first, second] = readFileSync(file, 'utf8').split('\n');
    assert.equal(
      header,
      'job,state,attempts,worker,seconds,name,depth,flag,parameter.state,attempt,echo,result.attempt,error',
    );
    assert.match(first!, /^1,done,1,tag-\d,[\d.]+,"north, upper",0\.5,true,/);
    assert.match(second!, /,south,007,,/);
  });

  it('leaves a database that other programs can read, and files for the user alone', async () => {
    await using crew = TemporaryCrew.make(crewFile);
    const client = await crew.connect();
    await client.request('up', { pools: ['tag'] });
    await client.request('enqueue', { pool: 'tag', source: { matrix: { seed: '1..10' } } });
    await crew.until(client, 'all jobs to end', ({ pools }) =>
      pools.some(({ counts }) => counts.done === 10),
    );
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await client.request('down', { mode: 'drain' });
    await closed;
    const database = join(crew.workspace, '.nightcrew', 'nightcrew.db');
    const sql = (statement: string): string =>
      execFileSync('sqlite3', [database, statement], { encoding: 'utf8' }).trim();
    assert.equal(sql('PRAGMA integrity_check'), 'ok');
    assert.equal(sql('SELECT count(*), min(state), max(state) FROM jobs'), '10|done|done');
    assert.equal(sql('SELECT group_concat(state) FROM workers'), 'DEAD,DEAD');
    assert.equal(statSync(database).mode & 0o777, 0o600);
    assert.equal(
      statSync(join(crew.workspace, '.nightcrew', 'logs', 'worker_tag-1.log')).mode & 0o777,
      0o600,
    );
  });
});
