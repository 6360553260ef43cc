import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { RetentionSettings } from '../../src/core/retention.ts';
import type { Store } from '../../src/store/contract.ts';
import type { JobDetail } from '../../src/core/job-records.ts';
import { Archiver } from '../../src/supervisor/archiver.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import { Queue } from '../../src/supervisor/queue.ts';
import { ManualClock } from '../manual-clock.ts';
import { open, stateFolder } from '../store/state-folder.ts';

const HOUR = 3_600_000;
const quiet = (): void => undefined;

interface Scene {
  folder: string;
  store: Store;
  queue: Queue;
  archiver: Archiver;
  clock: ManualClock;
  warnings: string[];
}

async function scene(retention: RetentionSettings, folder = stateFolder()): Promise<Scene> {
  const clock = new ManualClock();
  const store = await open(folder, { clock });
  const queue = new Queue(store, clock, new Changes(), await store.query('restore', {}));
  const warnings: string[] = [];
  const archiver = new Archiver({
    store,
    queue,
    clock,
    log: { info: quiet, warn: quiet, error: quiet },
    folder: join(folder, 'archives'),
    retention: () => retention,
    warn: (message) => warnings.push(message),
  });
  return { folder, store, queue, archiver, clock, warnings };
}

/** A batch whose jobs are all done. */
function workOff({ store, queue, clock }: Scene, count: number, definition?: string): number {
  const batch = queue.enqueue({
    name: 'night',
    pool: 'p',
    task: 'run',
    priority: 0,
    maxAttempts: 1,
    timeout: 60,
    match: [],
    source: { rows: Array.from({ length: count }, (_, n) => ({ n, text: 'x'.repeat(200) })) },
    ...(definition === undefined ? {} : { definition }),
  });
  for (let job = queue.take('p', {}); job; job = queue.take('p', {})) {
    const attempt = 1;
    store.append({ type: 'job.claimed', job: job.id, attempt, worker: 'p-1', launch: 1, frame: job.id });
    queue.claimed(job);
    queue.finished(job, {
      type: 'job.finished',
      job: job.id,
      attempt,
      outcome: 'done',
      next: 'done',
      startedAt: clock.now(),
      finishedAt: clock.now(),
      result: { energy: job.id },
    });
  }
  return batch.id;
}

function addWorker(store: Store): void {
  store.append({ type: 'worker.added', worker: 'p-1', pool: 'p', labels: {} });
  store.append({ type: 'worker.launched', worker: 'p-1', launch: 1, command: ['p'] });
}

/** One round, with the pauses that it makes. */
async function archive({ archiver, clock }: Scene): Promise<void> {
  let isDone = false;
  const round = archiver.run().finally(() => (isDone = true));
  while (!isDone) {
    clock.advance(50);
    await delay(1);
  }
  await round;
}

function linesOf(folder: string): JobDetail[] {
  return readdirSync(join(folder, 'archives')).flatMap((name) =>
    gunzipSync(readFileSync(join(folder, 'archives', name)))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JobDetail),
  );
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('archives'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

describe('the archive of ended jobs', () => {
  it('has every job once and whole, and the database stays of one size over many nights', async () => {
    const night = await scene({ jobs: 500 });
    const { folder, store, queue, clock } = night;
    addWorker(store);
    const sizes: number[] = [];
    for (let day = 1; day <= 100; day++) {
      workOff(night, 100);
      clock.sleep(24 * HOUR);
      await archive(night);
      if (day % 20 === 0) {
        await store.flush();
        sizes.push(bytesIn(folder));
      }
    }
    assert.ok([...queue.batches].length <= 6, `${[...queue.batches].length} batches are held`);
    assert.ok(queue.pool('p').counts.done <= 500);
    const { total } = await store.query('jobs', { offset: 0, limit: 1 });
    const archived = linesOf(folder);
    assert.equal(total + archived.length, 10_000);
    assert.equal(new Set(archived.map(({ id }) => id)).size, archived.length);
    const [first] = archived;
    assert.deepEqual(
      [first?.id, first?.state, first?.result, first?.attemptHistory.length],
      [1, 'done', { energy: 1 }, 1],
    );
    const figures = await store.query('archives', {});
    assert.equal(
      figures.reduce((sum, { jobs }) => sum + jobs, 0),
      archived.length,
    );
    await store.close();
    // What is journaled between two snapshots comes and goes; the database itself holds what is kept.
    assert.ok(Math.max(...sizes) < 8e6, `${sizes.join(', ')} bytes`);
    assert.ok(statSync(join(folder, 'nightcrew.db')).size < 1e6);
  });

  it('leaves in the database what was put back meanwhile, what is young, and the row of a crew file\u2019s batch', async () => {
    const crew = await scene({ jobs: 0 });
    const { store, queue, clock, folder } = crew;
    addWorker(store);
    const kept = workOff(crew, 3, 'hash');
    const gone = workOff(crew, 3);
    clock.advance(2 * HOUR);
    const young = workOff(crew, 3);
    await archive(crew);
    assert.equal(queue.batch(gone), undefined);
    assert.ok(queue.batch(kept)?.archived);
    assert.equal(queue.batch(young)?.archived, undefined);
    assert.equal(linesOf(folder).length, 6);
    await store.close();
  });

  it('goes on with the jobs that a killed supervisor did not come to remove', async () => {
    const crew = await scene({ jobs: 0 });
    const { store, queue, clock, folder } = crew;
    addWorker(store);
    const batch = workOff(crew, 3);
    clock.advance(2 * HOUR);
    queue.archive(batch, 'jobs-then.jsonl.gz');
    await store.close();
    const next = await scene({ jobs: 0 }, folder);
    await archive(next);
    assert.equal((await next.store.query('jobs', { offset: 0, limit: 1 })).total, 0);
    assert.equal(await next.store.query('job', { job: 1 }), null);
    await next.store.close();
  });

  it('removes nothing when the file cannot be written, and says so once', async () => {
    const folder = stateFolder();
    const crew = await scene({ jobs: 0 }, folder);
    const { store, clock, warnings } = crew;
    addWorker(store);
    workOff(crew, 3);
    clock.advance(2 * HOUR);
    // A file where the folder should be.
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 'archives'), '');
    await archive(crew);
    await archive(crew);
    assert.equal(warnings.length, 1);
    assert.equal((await store.query('jobs', { offset: 0, limit: 1 })).total, 3);
    await store.close();
  });
});
