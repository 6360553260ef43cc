/** What becomes of the rows of many jobs that a person changes at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalEvent } from '../../src/core/events.ts';
import type { JobDetail } from '../../src/core/job-records.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { Replay } from '../../src/store/replay.ts';
import { batchEvent } from './batch-event.ts';
import { engine } from './dump.ts';

const worker = 'p-1';
const groups = (state: 'pending' | 'running' | 'done' | 'failed', ...ids: number[]): JournalEvent => ({
  type: 'jobs.requeued',
  groups: [{ batch: 1, state, ids }],
  fresh: false,
});
const claim = (job: number, attempt = 1): JournalEvent => ({
  type: 'job.claimed',
  job,
  attempt,
  worker,
  launch: 1,
  frame: 1,
});
const finish = (job: number, attempt: number, how: 'done' | 'failed' | 'retry'): JournalEvent => ({
  type: 'job.finished',
  job,
  attempt,
  outcome: how === 'done' ? 'done' : 'failed',
  next: how === 'retry' ? 'pending' : how,
  startedAt: 5,
  finishedAt: 9,
  ...(how === 'retry' ? { notBefore: 50_000 } : {}),
  ...(how === 'done' ? { result: 42 } : { error: { message: 'diverged' }, logTail: 'step 3' }),
});
const checkpoint = (job: number): JournalEvent => ({
  type: 'job.checkpointed',
  job,
  attempt: 1,
  checkpoint: { step: 3 },
});

const beginning: JournalEvent[] = [
  { type: 'worker.added', worker, pool: 'p', labels: {} },
  { type: 'worker.launched', worker, launch: 1, command: ['python', 'p.py'] },
  batchEvent({
    maxAttempts: 2,
    count: 5,
    source: { matrix: { seed: { from: 1, to: 5, step: 1 } } },
  }),
];

const records = (events: JournalEvent[]): { s: number; n: number; t: number; e: JournalEvent[] }[] =>
  events.map((event, index) => ({ s: index + 1, n: 1, t: 1000 + index, e: [event] }));

function lived(...events: JournalEvent[]): Projection {
  const projection = Projection.empty(engine);
  projection.apply(records([...beginning, ...events]));
  return projection;
}

const jobOf = (projection: Projection, job: number): JobDetail => answer(projection, 'job', { job })!;

describe('a job that is requeued', () => {
  const projection = lived(
    claim(1),
    checkpoint(1),
    finish(1, 1, 'retry'),
    claim(1, 2),
    finish(1, 2, 'failed'),
    claim(2),
    checkpoint(2),
    finish(2, 1, 'done'),
    groups('failed', 1, 1),
    groups('done', 2, 2),
  );

  it('is pending without failures, and keeps its attempts and its checkpoint', () => {
    const job = jobOf(projection, 1);
    assert.deepEqual(
      [job.state, job.attempts, job.failures, job.error, job.finishedAt],
      ['pending', 2, 0, undefined, undefined],
    );
    assert.deepEqual(job.checkpoint, { step: 3 });
    assert.deepEqual(
      job.attemptHistory.map(({ attempt, outcome, logTail }) => [attempt, outcome, logTail]),
      [
        [1, 'failed', 'step 3'],
        [2, 'failed', 'step 3'],
      ],
    );
  });

  it('has given up its result and its checkpoint if it was done', () => {
    const job = jobOf(projection, 2);
    assert.deepEqual([job.state, job.result, job.checkpoint], ['pending', undefined, undefined]);
    assert.equal(job.attemptHistory.length, 1);
  });

  it('opens its batch again', () => {
    const [batch] = answer(projection, 'batches', {});
    assert.deepEqual(batch!.counts, { pending: 5, running: 0, done: 0, failed: 0, cancelled: 0 });
    projection.apply(
      [{ s: 15, n: 1, t: 2000, e: [claim(1, 3)] }].map((record) => ({
        ...record,
        s: projection.lastSequence + 1,
      })),
    );
    assert.equal(jobOf(projection, 1).attempts, 3, 'attempts go on to be counted');
  });
});

describe('a job that waits for another try', () => {
  it('is restored with its time, until it is claimed, cancelled or requeued', () => {
    const projection = lived(claim(1), finish(1, 1, 'retry'), claim(2), finish(2, 1, 'retry'));
    const delayed = (): number[] => answer(projection, 'restore', {}).delayed.map(({ id }) => id);
    assert.deepEqual(delayed(), [1, 2]);
    assert.equal(jobOf(projection, 1).notBefore, 50_000);
    const next = (event: JournalEvent): void =>
      projection.apply([{ s: projection.lastSequence + 1, n: 1, t: 2000, e: [event] }]);
    next(claim(1, 2));
    assert.deepEqual(delayed(), [2]);
    next(groups('pending', 2, 2));
    assert.deepEqual(delayed(), []);
    assert.equal(jobOf(projection, 2).failures, 0);
  });
});

describe('a change of many that damage has kept from fitting', () => {
  it('is made to those that it fits', () => {
    const projection = Projection.empty(engine);
    const replay = new Replay(projection);
    const cancel: JournalEvent = {
      type: 'jobs.cancelled',
      groups: [{ batch: 1, state: 'pending', ids: [1, 4] }],
      reason: 'not needed',
    };
    // That job 2 was claimed and done is known; that it was requeued is lost.
    replay.take(records([...beginning, claim(2), finish(2, 1, 'done'), claim(3), cancel]));
    const report = replay.finish(false);
    assert.equal(report.skippedCount, 0);
    assert.equal(report.mended, 1);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((job) => jobOf(projection, job).state),
      ['cancelled', 'done', 'cancelled', 'cancelled', 'pending'],
    );
    const [batch] = answer(projection, 'batches', {});
    assert.deepEqual(batch!.counts, { pending: 1, running: 0, done: 1, failed: 0, cancelled: 3 });
  });
});
