import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JournalEvent } from '../../src/core/events.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { batchEvent } from './batch-event.ts';
import { engine } from './dump.ts';

const WORKER: JournalEvent[] = [
  { type: 'worker.added', worker: 'p-1', pool: 'p', labels: {} },
  { type: 'worker.launched', worker: 'p-1', launch: 1, command: [] },
];
const POOLS = ['p', 'q', 'p'];
const JOBS_OF_A_BATCH = 4;
const JOBS = POOLS.length * JOBS_OF_A_BATCH;

/** Batches of several pools, whose jobs end at these times. */
function recorded(times: readonly number[]): Projection {
  const batches = POOLS.map((pool, index) =>
    batchEvent({
      batch: index + 1,
      pool,
      firstJob: 1 + index * JOBS_OF_A_BATCH,
      count: JOBS_OF_A_BATCH,
      source: { rows: Array.from({ length: JOBS_OF_A_BATCH }, () => ({})) },
    }),
  );
  const ends = times.flatMap((at, index): JournalEvent[] => {
    const run = { job: index + 1, attempt: 1 };
    return [
      { type: 'job.claimed', ...run, worker: 'p-1', launch: 1, frame: index + 1 },
      { type: 'job.finished', ...run, outcome: 'done', next: 'done', startedAt: 0, finishedAt: at },
    ];
  });
  const projection = Projection.empty(engine);
  for (const [index, event] of [...WORKER, ...batches, ...ends].entries())
    projection.apply([{ s: index + 1, n: 1, t: 1_000, e: [event] }]);
  projection.settle();
  return projection;
}

describe('what is recorded of a pool', () => {
  it('is its newest attempts since a time, in whatever order its jobs ended', () => {
    const time = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 0, maxLength: JOBS }),
        time,
        fc.integer({ min: 1, max: JOBS }),
        (times, since, limit) => {
          const projection = recorded(times);
          const { attempts } = answer(projection, 'poolRecord', { pool: 'p', since, limit });
          projection.database.close();
          const expected = times
            .map((at, index) => ({ job: index + 1, at }))
            .filter(({ job, at }) => POOLS[Math.floor((job - 1) / JOBS_OF_A_BATCH)] === 'p' && at >= since)
            .sort((left, right) => left.at - right.at || left.job - right.job)
            .slice(-limit);
          assert.deepEqual(
            attempts.map(({ job, at }) => ({ job, at })),
            expected,
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
