import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PendingJob } from '../../src/core/job.ts';
import { DelayedRetries } from '../../src/supervisor/delayed-retries.ts';
import { ManualClock } from '../manual-clock.ts';

const job = (id: number, pool: string): PendingJob => ({ id, pool, parameters: {} }) as PendingJob;

describe('jobs that are tried again later', () => {
  it('say how long each of a pool has to wait', () => {
    const clock = new ManualClock(1_000_000);
    const retries = new DelayedRetries(
      clock,
      () => ({ base: 60, max: 600 }),
      () => undefined,
    );
    retries.hold(job(1, 'tag'), clock.now() + 60_000);
    retries.hold(job(2, 'simulate'), clock.now() + 60_000);
    retries.hold(job(3, 'tag'), clock.now() + 90_000);
    clock.advance(20_000);
    assert.deepEqual(
      retries.waits('tag').map(({ job: { id }, seconds }) => [id, seconds]),
      [
        [1, 40],
        [3, 70],
      ],
    );
    clock.advance(50_000);
    assert.deepEqual(
      retries.waits('tag').map(({ job: { id } }) => id),
      [3],
    );
  });
});
