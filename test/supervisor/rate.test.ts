import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EndRate, foretell } from '../../src/supervisor/rate.ts';
import { ManualClock } from '../manual-clock.ts';

/** Jobs that end at even intervals, in seconds. */
function steady(interval: number, jobs: number): { rate: EndRate; clock: ManualClock } {
  const clock = new ManualClock();
  const rate = new EndRate(clock);
  rate.begin();
  for (let job = 0; job < jobs; job++) {
    clock.advance(interval * 1000);
    rate.add();
  }
  return { rate, clock };
}

describe('the rate at which jobs end', () => {
  for (const [interval, jobs, perMinute, ends] of [
    [1, 200, 60, 60],
    [10, 100, 6, 20],
    [3600, 30, 1 / 60, 20],
    [3600, 2, 1 / 60, 2],
  ] as const) {
    it(`is ${perMinute.toPrecision(2)} a minute, one each ${interval} s, after ${jobs}`, () => {
      const { rate } = steady(interval, jobs);
      assert.ok(Math.abs(rate.rate.perMinute / perMinute - 1) < 0.1, String(rate.rate.perMinute));
      assert.ok(Math.abs(rate.rate.ends - ends) <= 1, String(rate.rate.ends));
    });
  }

  it('is none before anything has ended, and does not fall while nothing runs', () => {
    const clock = new ManualClock();
    assert.deepEqual(new EndRate(clock).rate, { perMinute: 0, ends: 0 });
    const { rate, clock: later } = steady(10, 50);
    const before = rate.rate;
    rate.rest();
    later.advance(8 * 3_600_000);
    assert.deepEqual(rate.rate, before);
    rate.begin();
    assert.deepEqual(rate.rate, before);
  });

  it('is never negative or without end, whatever comes when', () => {
    const step = fc.oneof(fc.constantFrom('begin', 'rest', 'add'), fc.nat(100_000));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const clock = new ManualClock();
        const rate = new EndRate(clock);
        for (const taken of steps) {
          if (typeof taken === 'number') clock.advance(taken);
          else rate[taken as 'add']();
          const { perMinute, ends } = rate.rate;
          assert.ok(Number.isFinite(perMinute) && perMinute >= 0);
          assert.equal(perMinute === 0, ends === 0);
        }
      }),
    );
  });
});

describe('what is foretold from a rate', () => {
  it('is the time for what is left, from three ends on or from as many as are left', () => {
    assert.deepEqual(foretell({ perMinute: 30, ends: 20 }, 60), { etaSeconds: 120, etaFrom: 20 });
    assert.deepEqual(foretell({ perMinute: 30, ends: 2 }, 60), {});
    assert.deepEqual(foretell({ perMinute: 30, ends: 2 }, 2), { etaSeconds: 4, etaFrom: 2 });
    assert.deepEqual(foretell({ perMinute: 30, ends: 20 }, 0), {});
    assert.deepEqual(foretell({ perMinute: 0, ends: 0 }, 1), {});
  });
});
