import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JobHeap } from '../../src/core/job-heap.ts';
import { jobSize } from '../../src/core/job-size.ts';
import type { PendingJob } from '../../src/core/job.ts';
import { compareLanePositions } from '../../src/core/lane-position.ts';
import { pendingJob } from './pending-job.ts';

const job = (id: number, priority: number, text = ''): PendingJob => pendingJob(id, priority, { text });

const jobs = fc
  .array(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.constantFrom('', 'x'.repeat(100))), { maxLength: 40 })
  .map((entries) => entries.map(([priority, text], index) => job(index + 1, priority, text)));

function heapOf(held: readonly PendingJob[]): JobHeap {
  const heap = new JobHeap();
  for (const one of held) heap.push(one);
  return heap;
}

function takeAll(heap: JobHeap): number[] {
  const ids: number[] = [];
  for (let best = heap.take(); best; best = heap.take()) ids.push(best.id);
  return ids;
}

const inOrder = (held: readonly PendingJob[]): PendingJob[] => [...held].sort(compareLanePositions);
const bytesOf = (held: readonly PendingJob[]): number => held.reduce((sum, one) => sum + jobSize(one), 0);

describe('jobs in memory', () => {
  it('are given out best first, and their bytes are known', () => {
    fc.assert(
      fc.property(jobs, (held) => {
        const heap = heapOf(held);
        assert.equal(heap.bytes, bytesOf(held));
        assert.equal(heap.worst?.id, inOrder(held).at(-1)?.id);
        assert.deepEqual(
          takeAll(heap),
          inOrder(held).map(({ id }) => id),
        );
        assert.deepEqual([heap.length, heap.bytes, heap.worst], [0, 0, undefined]);
      }),
    );
  });

  it('are put in order anew after their positions have changed, without those that go', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: -2, max: 2 }), (held, priority) => {
        const heap = heapOf(held);
        heap.forEach((one) => (one.priority = one.id % 2 ? priority : one.priority));
        heap.restack(({ id }) => id % 3 > 0);
        const kept = held.filter(({ id }) => id % 3 > 0);
        assert.equal(heap.bytes, bytesOf(kept));
        assert.deepEqual(
          takeAll(heap),
          inOrder(kept).map(({ id }) => id),
        );
      }),
    );
  });

  it('are cut to the best, of which at least one stays', () => {
    const heap = heapOf([job(1, 0, 'x'.repeat(1_000)), job(2, 1, 'x'.repeat(1_000)), job(3, 2)]);
    heap.truncate(2, 1_000_000);
    assert.deepEqual([heap.length, heap.worst], [2, { priority: 1, id: 2 }]);
    heap.truncate(2, 1);
    assert.deepEqual(takeAll(heap), [3]);
  });
});
