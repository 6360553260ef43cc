/** How often a worker is started again without being asked. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideRestart, RESTARTS_AN_HOUR } from '../../src/core/restart-throttle.ts';

const HOUR = 3_600_000;

describe('restarts that nobody asked for', () => {
  it('wait longer each time, and after the third for the rest of the hour', () => {
    const delays = [[], [0], [0, 1e4], [0, 1e4, 1e5]].map((restarts) => decideRestart(restarts, 2e5));
    assert.deepEqual(
      delays.map(({ delay, isGivenUp }) => [delay, isGivenUp]),
      [
        [1_000, false],
        [10_000, false],
        [60_000, false],
        [HOUR - 2e5, true],
      ],
    );
  });

  it('are at most three in any hour, however often it fails', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: HOUR }), { maxLength: 60 }), (lives) => {
        const restarts: number[] = [];
        let now = 0;
        for (const life of lives) {
          now += life;
          const { delay } = decideRestart(restarts, now);
          assert.ok(delay > 0 && delay <= HOUR);
          now += delay;
          restarts.push(now);
        }
        for (const [index, at] of restarts.entries()) {
          const earlier = restarts[index - RESTARTS_AN_HOUR];
          if (earlier !== undefined) assert.ok(at - earlier >= HOUR);
        }
      }),
    );
  });
});
