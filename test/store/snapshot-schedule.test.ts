import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IDLE_MILLISECONDS, SnapshotSchedule } from '../../src/store/snapshot-schedule.ts';
import { ManualClock } from '../manual-clock.ts';

const MEGABYTE = 1024 * 1024;

/** A schedule that notes when it began a snapshot, in milliseconds from now. */
function schedule(snapshotBytes: number): {
  clock: ManualClock;
  schedule: SnapshotSchedule;
  begun: number[];
} {
  const clock = new ManualClock();
  const start = clock.monotonic();
  const begun: number[] = [];
  const schedule = new SnapshotSchedule(clock, snapshotBytes, () => {
    begun.push(clock.monotonic() - start);
    schedule.begun();
  });
  return { clock, schedule, begun };
}

describe('the snapshot schedule', () => {
  it('waits until things have been idle for five seconds', () => {
    const { clock, schedule: it, begun } = schedule(0);
    for (let change = 0; change < 10; change++) {
      it.changed(100);
      clock.advance(IDLE_MILLISECONDS - 1);
    }
    assert.deepEqual(begun, []);
    clock.advance(1);
    assert.deepEqual(begun, [10 * (IDLE_MILLISECONDS - 1) + 1]);
    it.succeeded(1000);
    clock.advance(1e6);
    assert.equal(begun.length, 1, 'nothing has changed since');
  });

  it('does not wait when the journal has grown by 8 MB', () => {
    const { schedule: it, begun } = schedule(0);
    it.changed(8 * MEGABYTE - 1);
    assert.equal(begun.length, 0);
    it.changed(8 * MEGABYTE);
    assert.equal(begun.length, 1);
  });

  it('lets the journal of a large database grow to half of its size', () => {
    const { schedule: it, begun } = schedule(100 * MEGABYTE);
    it.changed(50 * MEGABYTE - 1);
    assert.equal(begun.length, 0);
    it.changed(50 * MEGABYTE);
    assert.equal(begun.length, 1);
    it.succeeded(200 * MEGABYTE);
    it.changed(99 * MEGABYTE);
    assert.equal(begun.length, 1);
  });

  it('takes one at a time, and another for what changed meanwhile', () => {
    const { clock, schedule: it, begun } = schedule(0);
    it.changed(8 * MEGABYTE);
    it.changed(20 * MEGABYTE);
    clock.advance(3 * IDLE_MILLISECONDS);
    assert.equal(begun.length, 1);
    it.succeeded(1000);
    clock.advance(2 * IDLE_MILLISECONDS);
    assert.equal(begun.length, 2);
  });

  it('gives a disk that refused half a minute', () => {
    const { clock, schedule: it, begun } = schedule(0);
    it.changed(8 * MEGABYTE);
    it.failed();
    for (let second = 1; second < 30; second++) {
      clock.advance(1000);
      it.changed(9 * MEGABYTE);
    }
    assert.equal(begun.length, 1);
    clock.advance(1000);
    it.changed(9 * MEGABYTE);
    assert.equal(begun.length, 2);
  });

  it('begins nothing after it was stopped', () => {
    const { clock, schedule: it, begun } = schedule(0);
    it.changed(1);
    it.stop();
    it.changed(9 * MEGABYTE);
    clock.advance(1e6);
    assert.deepEqual(begun, []);
  });
});
