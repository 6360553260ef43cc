/** When a job counts as stuck: never while it is only slow, bursty or silent by nature; always when it has stopped. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LivedTime } from '../../src/core/lived-time.ts';
import {
  addDuration,
  beginProgress,
  judgeProgress,
  LEAST_JOBS,
  LEAST_MOVES,
  moveProgress,
  STOPPED_FACTOR,
  type Experience,
  type ProgressHistory,
} from '../../src/core/progress-stall.ts';

const PATIENCE = 600;
const NOBODY: Experience = { jobs: 0, longest: 0 };

/** A job that moved after each of these pauses, seconds. */
function history(pauses: readonly number[], begun = 0): ProgressHistory {
  let now = begun;
  return pauses.reduce((known, pause) => moveProgress(known, (now += pause)), beginProgress(begun));
}

function stateOf(known: ProgressHistory, since: number, earlier = NOBODY): string {
  return judgeProgress({ history: known, now: known.moved + since, earlier, patience: PATIENCE }).state;
}

const pause = fc.double({ min: 0.001, max: 86_400, noNaN: true });
const pauses = fc.array(pause, { minLength: LEAST_MOVES, maxLength: 40 });

describe('a job whose worker lives', () => {
  it('that slows down, each pause up to five times the longest before, is never stuck', () => {
    const growth = fc.array(fc.double({ min: 0.01, max: STOPPED_FACTOR, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(pauses, growth, (first, factors) => {
        const known = [...first];
        for (const factor of factors) {
          const next = Math.max(...known) * factor;
          assert.notEqual(stateOf(history(known), next * 0.999), 'stopped');
          known.push(next);
        }
      }),
    );
  });

  it('that works in bursts is never stuck in a pause like the ones before', () => {
    fc.assert(
      fc.property(pause, fc.integer({ min: 1, max: 50 }), pauses, (rest, length, bursts) => {
        const burst = Array.from({ length }, () => rest / 1000);
        const known = bursts.flatMap(() => [rest, ...burst]);
        assert.notEqual(stateOf(history(known), rest * 2), 'stopped');
      }),
    );
  });

  it('that tells of nothing is not stuck unless it takes far longer than every earlier one', () => {
    fc.assert(
      fc.property(
        fc.array(pause, { maxLength: 30 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (durations, age) => {
          const earlier = durations.reduce(addDuration, NOBODY);
          const stuck = stateOf(beginProgress(0), age, earlier) === 'stopped';
          const longest = Math.max(0, ...durations);
          assert.equal(
            stuck,
            durations.length >= LEAST_JOBS && age > Math.max(PATIENCE, STOPPED_FACTOR * longest),
          );
        },
      ),
    );
  });

  it('that stops is stuck once it has paused five times as long as ever, and says so', () => {
    fc.assert(
      fc.property(pauses, pause, (known, more) => {
        const limit = Math.max(PATIENCE, STOPPED_FACTOR * Math.max(...known));
        assert.equal(stateOf(history(known), limit + 1 + more), 'stopped');
        assert.notEqual(stateOf(history(known), limit * 0.999), 'stopped');
      }),
    );
    const verdict = judgeProgress({
      history: history([60, 120, 60]),
      now: 240 + 3 * 3600,
      earlier: NOBODY,
      patience: PATIENCE,
    });
    assert.deepEqual(verdict, {
      state: 'stopped',
      reason: 'no progress for 3 h; its longest pause until then was 2 min',
    });
  });

  it('that pauses for longer than ever is slow first, and moves again with its next word', () => {
    const known = history([600, 600, 600, 600]);
    assert.deepEqual(
      [stateOf(known, 500), stateOf(known, 900), stateOf(known, 3001)],
      ['moving', 'slow', 'stopped'],
    );
    assert.equal(stateOf(moveProgress(known, known.moved + 3001), 1), 'moving');
  });
});

describe('the time a worker lived through', () => {
  it('leaves out what it slept, was frozen or could not be heard, whatever the gaps', () => {
    const gap = fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 1e7, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 60 }), (gaps) => {
        const lived = new LivedTime();
        let now = 1000;
        let before = 0;
        lived.heard(now, 1);
        for (const each of gaps) {
          now += each;
          const seen = lived.at(now, 1);
          assert.ok(seen >= before, 'never goes back');
          lived.heard(now, 1);
          assert.equal(lived.at(now, 1), seen, 'a heartbeat adds no time');
          before = seen;
        }
        const most = gaps.reduce((sum, each) => sum + Math.min(each, 2), 0);
        assert.ok(Math.abs(before - most) < 1e-6 * (1 + most), 'a gap counts as two intervals at most');
      }),
    );
  });
});
