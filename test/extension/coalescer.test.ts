import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Coalescer } from '../../src/extension/coalescer.ts';
import { ManualClock } from '../manual-clock.ts';

describe('a coalescer', () => {
  it('runs at once, then once in an interval, and keeps the last ask', () => {
    const clock = new ManualClock(0);
    const runs: number[] = [];
    const coalescer = new Coalescer(clock, 400, () => runs.push(clock.now()));
    for (let step = 0; step < 100; step++) {
      coalescer.request();
      clock.advance(10);
    }
    clock.advance(1000);
    assert.deepEqual(runs, [0, 400, 800, 1200]);
  });

  it('drops what is cancelled', () => {
    const clock = new ManualClock();
    let runs = 0;
    const coalescer = new Coalescer(clock, 400, () => runs++);
    coalescer.request();
    coalescer.request();
    coalescer.cancel();
    clock.advance(1000);
    assert.equal(runs, 1);
    assert.equal(clock.nextDue, undefined);
  });
});
