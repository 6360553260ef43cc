import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_BACKOFF, retryDelay } from '../../src/core/retry-delay.ts';

const attempt = fc.record({
  job: fc.integer({ min: 1, max: 2_000_000_000 }),
  attempt: fc.integer({ min: 1, max: 100_000 }),
  failures: fc.integer({ min: 1, max: 2_000 }),
});
const backoff = fc.record({
  base: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  max: fc.double({ min: 0.001, max: 1e7, noNaN: true }),
});

describe('the delay before a job is tried again', () => {
  it('is at least half of the doubled base and never more than the limit, the same each time', () => {
    fc.assert(
      fc.property(attempt, backoff, (failed, { base, max }) => {
        const delay = retryDelay(failed, { base, max });
        const longest = Math.min(base * 2 ** (failed.failures - 1), Math.max(base, max));
        assert.ok(Number.isSafeInteger(delay));
        assert.ok(delay >= Math.floor(longest * 500), `${delay} ms`);
        assert.ok(delay <= Math.ceil(longest * 1000), `${delay} ms`);
        assert.equal(delay, retryDelay({ ...failed }, { base, max }));
      }),
    );
  });

  it('spreads jobs that failed together evenly over its upper half', () => {
    const quarters = [0, 0, 0, 0];
    for (let job = 1; job <= 10_000; job++) {
      const share = retryDelay({ job, attempt: 1, failures: 1 }, { base: 100, max: 360 }) / 100_000;
      quarters[Math.min(3, Math.floor((share - 0.5) * 8))]!++;
    }
    for (const count of quarters) assert.ok(Math.abs(count - 2_500) < 250, quarters.join(' '));
  });

  it('is by default 5 to 10 s, then 10 to 20 s, and after many failures 3 to 6 min', () => {
    const delays = (failures: number): number[] =>
      Array.from({ length: 1_000 }, (_, job) =>
        retryDelay({ job, attempt: failures, failures }, DEFAULT_BACKOFF),
      );
    for (const [failures, least, most] of [
      [1, 5_000, 10_000],
      [2, 10_000, 20_000],
      [30, 180_000, 360_000],
    ] as const) {
      const found = delays(failures);
      assert.ok(Math.min(...found) >= least && Math.max(...found) <= most);
    }
  });

  it('is none with a base of 0', () => {
    assert.equal(retryDelay({ job: 7, attempt: 3, failures: 3 }, { base: 0, max: 360 }), 0);
  });
});
