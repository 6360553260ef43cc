/** What is told of jobs and workers by the command line, through real processes, also when the supervisor was killed since. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../../src/core/clock.ts';
import { parseCrewFile } from '../../src/core/crew-file.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { isAlive, signalProcess } from '../../src/keeper/process-identity.ts';
import { openStore } from '../../src/store/open.ts';
import { waitFor } from '../wait-for.ts';
import { distribution, TemporaryCrew } from './temporary-crew.ts';

const run = promisify(execFile);

const crewFile = `
pools:
  sum: { run: sh fail.sh, workers: 1, attempts: 3, backoff: 0 }
  held: { run: sh fail.sh, workers: 1 }
  rest: { command: [sh, fail.sh], workers: 1 }
`;

/**
 * What a crew before this one has recorded: a worker that was started again three times within the last hour, and given up; one that
 * was removed; a job that is in an archive.
 */
async function recordPast(crew: TemporaryCrew): Promise<void> {
  const folder = join(crew.workspace, '.nightcrew');
  mkdirSync(folder, { mode: 0o700 });
  const threadFile = pathToFileURL(join(distribution, 'projection-thread.js'));
  const store = await openStore({ folder, clock: systemClock, threadFile });
  const [worker, launch, reason] = ['rest-1', 1, 'ended with exit code 3: no licence'];
  const restarted = { type: 'worker.noted', worker, launch, kind: 'restarted', reason } as const;
  const events: JournalEvent[] = [
    { type: 'crew.wanted', wanted: true },
    { type: 'pool.declared', pool: parseCrewFile(crewFile, 'nightcrew.yaml').pools[2]! },
    { type: 'worker.added', worker, pool: 'rest', labels: {} },
    { type: 'worker.launched', worker, launch, command: ['sh', 'fail.sh'] },
    { type: 'worker.transitioned', worker, launch, from: null, to: 'STARTING', reason: 'started' },
    { type: 'worker.transitioned', worker, launch, from: 'STARTING', to: 'FAILED', reason },
    restarted,
    restarted,
    restarted,
    { type: 'worker.noted', worker, launch, kind: 'given-up', reason: 'restarted 3 times within an hour' },
    { type: 'worker.added', worker: 'rest-2', pool: 'rest', labels: {} },
    {
      type: 'worker.refused',
      worker: 'rest-2',
      pool: 'rest',
      reasons: ['needs 2 GPUs, 0 of 1 free'],
      overridden: false,
    },
    { type: 'worker.removed', worker: 'rest-2' },
    {
      type: 'batch.enqueued',
      batch: 1,
      name: 'old',
      pool: 'rest',
      task: 'run',
      priority: 0,
      maxAttempts: 1,
      timeout: 60,
      match: [],
      firstJob: 1,
      count: 1,
      source: { rows: [{}] },
    },
    { type: 'job.cancelled', job: 1, reason: 'not needed' },
    { type: 'batch.archived', batch: 1, file: 'jobs-2026-11-21.jsonl.gz' },
    { type: 'jobs.removed', batch: 1, through: 1 },
  ];
  for (const event of events) store.append(event);
  await store.close();
}

async function commandLine(crew: TemporaryCrew, ...words: string[]): Promise<string> {
  const file = join(distribution, 'cli.js');
  const { stdout } = await run(process.execPath, [file, ...words, '-C', crew.workspace], {
    env: crew.environment,
  });
  return stdout;
}

it('explains a job that waits, one that failed three times and a worker that was given up, after a restart', async () => {
  await using crew = TemporaryCrew.make(crewFile);
  writeFileSync(join(crew.workspace, 'fail.sh'), 'exit 2\n');
  await recordPast(crew);
  const client = await crew.connect();
  await client.request('up', { pools: ['sum', 'held'] });
  await client.request('pause', { select: { pool: 'held' }, paused: true });
  await client.request('enqueue', { pool: 'held', source: { parameters: { n: 1 } } });
  await client.request('enqueue', { pool: 'sum', source: { parameters: { n: 1 } } });
  await crew.until(client, 'the job to fail', ({ pools }) => pools.some(({ counts }) => counts.failed === 1));

  const supervisor = await crew.supervisor();
  assert.ok(supervisor);
  await signalProcess(supervisor, 'SIGKILL');
  await waitFor('another supervisor', async () => {
    const next = await crew.supervisor();
    return next !== undefined && next.pid !== supervisor.pid && (await isAlive(next));
  });
  const second = await crew.connect();
  const [waiting, failed, ended] = await Promise.all(
    [{ job: 2 }, { job: 3 }, { worker: 'rest-1' }].map((about) => second.request('explain', about)),
  );
  assert.equal(waiting?.headline, 'Job 2 waits because held-1, the only worker of pool held, is paused.');
  assert.deepEqual(waiting.nextSteps[0], {
    text: 'Let held-1 take jobs again',
    cli: 'nightcrew resume held-1',
    command: { name: 'resumeWorker', on: { worker: 'held-1' } },
  });
  assert.match(
    failed?.headline ?? '',
    /^Job 3 failed 3 times, as often as its batch allows, each time with: .*exit code 2/,
  );
  // On a busy machine the job may live for long enough to be measured.
  const sources = failed?.facts.map(({ source }) => source).filter((source) => source !== 'measured');
  assert.deepEqual(sources, ['attempt 3', 'attempt 2', 'attempt 1', 'queue']);
  assert.match(
    ended?.headline ?? '',
    /^rest-1 failed \(ended with exit code 3: no licence\) and is left alone for another 59 min \d+ s: it was started again 3 times within an hour\.$/,
  );
  assert.ok(ended?.facts.some(({ text }) => text === 'Given up for now: restarted 3 times within an hour'));
  assert.equal(ended?.nextSteps[1]?.cli, 'nightcrew restart rest-1');

  const told = await commandLine(crew, 'explain', 'rest-1');
  assert.ok(told.startsWith(`rest-1 failed (ended with exit code 3: no licence)`), told);
  assert.match(
    told,
    /\n {6}nightcrew restart rest-1\n[^]*\n {2}\d{4}-\d\d-\d\d [\d:]{8} {2}STARTING → FAILED: ended/,
  );
  const archived = await second.request('explain', { job: 1 });
  assert.match(archived.headline, /^Job 1 has ended and stands in the archive jobs-2026-11-21\.jsonl\.gz;/);
  const removed = await second.request('explain', { worker: 'rest-2' });
  assert.match(
    removed.headline,
    /^rest-2 is not on the list any more: it was removed .* ago\. It was refused for lack of room: it needs 2 GPUs, 0 of 1 free\.$/,
  );
  const unknown = { message: 'There is no worker rest-3.', nextStep: 'Did you mean rest-1?' };
  await assert.rejects(second.request('explain', { worker: 'rest-3' }), unknown);
  const pool = {
    message: 'rest is a pool, not a worker.',
    nextStep: 'Ask about one of its workers: rest-1.',
  };
  await assert.rejects(second.request('explain', { worker: 'rest' }), pool);
  await assert.rejects(second.request('explain', { job: 99 }), { message: 'There is no job 99.' });
});
