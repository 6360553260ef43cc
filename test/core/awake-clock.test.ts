import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwakeClock, AwakeTime, BEAT, LONGEST_STEP } from '../../src/core/awake-clock.ts';
import { ManualClock } from '../manual-clock.ts';

const MINUTE = 60_000;

describe('AwakeTime', () => {
  it('is never longer than the time that passed, never goes back, and counts small steps in full', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -MINUTE, max: 10 * MINUTE })), (steps) => {
        const time = new AwakeTime(0);
        let monotonic = 0;
        let before = 0;
        for (const step of steps) {
          monotonic += step;
          const now = time.at(monotonic);
          const counted = now - before;
          assert.ok(counted >= 0 && counted <= Math.max(0, step), `${counted} of ${step}`);
          if (step >= 0 && step <= LONGEST_STEP) assert.equal(counted, step);
          if (step > LONGEST_STEP) assert.equal(counted, BEAT);
          before = now;
        }
      }),
    );
  });
});

describe('AwakeClock', () => {
  it('counts a night as a beat, and everything else in full, though nobody asks it', () => {
    const turned = new ManualClock();
    const clock = new AwakeClock(turned);
    const begin = clock.monotonic();
    turned.advance(10 * MINUTE);
    turned.sleep(8 * 60 * MINUTE);
    turned.advance(MINUTE);
    assert.ok(Math.abs(clock.monotonic() - begin - 11 * MINUTE) <= 2 * BEAT);
  });

  it('runs a timer on time, and after a sleep when its time awake is over', () => {
    const turned = new ManualClock();
    const clock = new AwakeClock(turned);
    let ran = 0;
    clock.after(30_000, () => ran++);
    turned.advance(10_000);
    turned.sleep(10 * MINUTE);
    assert.equal(ran, 0, 'not because of the sleep');
    turned.advance(18_000);
    assert.equal(ran, 0);
    turned.advance(3_000);
    assert.equal(ran, 1);
  });

  it('a cancelled timer does not run, also when it was put off by a sleep', () => {
    const turned = new ManualClock();
    const clock = new AwakeClock(turned);
    const cancel = clock.after(30_000, () => assert.fail('it ran'));
    turned.sleep(10 * MINUTE);
    cancel();
    cancel();
    turned.advance(MINUTE);
  });

  it('leaves the wall clock as it is', () => {
    const turned = new ManualClock();
    const clock = new AwakeClock(turned);
    turned.setWall(-86_400_000);
    assert.equal(clock.now(), turned.now());
  });
});
