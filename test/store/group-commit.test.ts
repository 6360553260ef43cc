import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GroupCommit } from '../../src/store/group-commit.ts';

/** A flush that ends when the test says so. */
function heldFlush(): { flush: () => Promise<void>; ends: ((error?: Error) => void)[] } {
  const ends: ((error?: Error) => void)[] = [];
  const flush = (): Promise<void> =>
    new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
  return { flush, ends };
}

/** Lets everything run that does not wait for a flush. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('begins at once when no flush is under way', () => {
    const { flush, ends } = heldFlush();
    void new GroupCommit(flush).join();
    assert.equal(ends.length, 1);
  });

  it('serves a hundred callers who come during a flush with one more', async () => {
    const { flush, ends } = heldFlush();
    const commit = new GroupCommit(flush);
    const first = commit.join();
    let served = 0;
    const others = Array.from({ length: 100 }, () => commit.join().then(() => served++));
    ends[0]!();
    await first;
    await settle();
    assert.equal(served, 0, 'their events may have been written after the first flush began');
    ends[1]!();
    await Promise.all(others);
    assert.equal(ends.length, 2);
  });

  it('tells everyone of a group when its flush fails, and goes on', async () => {
    const { flush, ends } = heldFlush();
    const commit = new GroupCommit(flush);
    const first = commit.join();
    const second = [commit.join(), commit.join()];
    ends[0]!();
    await first;
    await settle();
    ends[1]!(new Error('EIO'));
    for (const { status } of await Promise.allSettled(second)) assert.equal(status, 'rejected');
    const third = commit.join();
    ends[2]!();
    await third;
  });
});
