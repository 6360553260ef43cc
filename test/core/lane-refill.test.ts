import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PendingJob } from '../../src/core/job.ts';
import { LaneRefill } from '../../src/core/lane-refill.ts';

const job = (id: number, priority = 0): PendingJob => ({ id, priority }) as PendingJob;
const refill = (anew: boolean): LaneRefill =>
  new LaneRefill({ after: undefined, limit: 10, size: 1_000, anew });

/** What a lane takes of an answer. */
const taken = (asked: LaneRefill, answer: readonly PendingJob[]): number[] =>
  asked
    .inOrder(answer)
    .filter((one) => !asked.hasLeft(one))
    .map(({ id }) => id);

describe('an answer of the store to a lane', () => {
  it('is taken up to the best job that was turned away meanwhile, which it may not hold', () => {
    const asked = refill(false);
    asked.turnAway(job(9));
    asked.turnAway(job(5));
    asked.turnAway(job(7));
    assert.deepEqual(taken(asked, [job(2), job(4), job(6), job(8)]), [2, 4]);
    assert.equal(asked.isLast(false), false, 'that job is behind it');
    assert.equal(refill(false).isLast(false), true);
    assert.equal(refill(false).isLast(true), false);
  });

  it('gives none that was cancelled meanwhile', () => {
    const asked = refill(false);
    asked.withdraw(({ id }) => id % 2 === 0);
    assert.deepEqual(taken(asked, [job(1), job(2), job(3)]), [1, 3]);
  });

  it('gives none that was given out while the head is built anew, and keeps what came', () => {
    const asked = refill(true);
    asked.take(1);
    asked.offer(job(2));
    asked.offer(job(3));
    asked.offer(job(4));
    asked.take(3);
    asked.withdraw(({ id }) => id === 4);
    assert.deepEqual(taken(asked, [job(1), job(2), job(5)]), [5]);
    assert.deepEqual(
      [...asked.offered].map(({ id }) => id),
      [2],
    );
  });

  it('needs no account of jobs in memory when it is of those behind them', () => {
    const asked = refill(false);
    asked.take(1);
    asked.offer(job(2));
    assert.deepEqual(taken(asked, [job(3)]), [3]);
    assert.deepEqual([...asked.offered], []);
  });
});
