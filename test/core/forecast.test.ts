import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forecast, type ForecastJobs } from '../../src/core/forecast.ts';

function jobs(
  waiting: Record<string, number>,
  running: ForecastJobs['running'] = [],
  durations: Record<string, number[]> = { a: [60, 60, 60], b: [10, 10, 10] },
  delayed: ForecastJobs['delayed'] = [],
): ForecastJobs {
  return {
    waiting: Object.entries(waiting).map(([kind, count]) => ({ kind, count })),
    delayed,
    running,
    durations: new Map(Object.entries(durations)),
  };
}

const retrying = (waiting: Record<string, number>, ...seconds: number[]): ForecastJobs =>
  jobs(
    waiting,
    [],
    undefined,
    seconds.map((due) => ({ kind: 'a', seconds: due })),
  );

describe('the forecast', () => {
  const cases: [
    what: string,
    of: ForecastJobs,
    workers: number,
    seconds: number | undefined,
    reason: RegExp,
  ][] = [
    ['nothing is left', jobs({}), 0, 0, /^nothing is left to do$/],
    ['nobody works', jobs({ a: 3 }), 0, undefined, /without a worker/],
    ['one after the other', jobs({ a: 3 }), 1, 180, /^from 3 ended jobs$/],
    ['side by side', jobs({ a: 3 }), 3, 60, /^from 3 ended jobs$/],
    ['more workers than jobs', jobs({ a: 3 }), 100, 60, /^from 3/],
    ['of two kinds', jobs({ a: 1, b: 3 }), 2, 60, /^from 6 ended jobs$/],
    ['a kind of which none has ended', jobs({ c: 1 }), 1, undefined, /^no job of c has ended yet$/],
    [
      'a kind of which two have',
      jobs({ c: 1 }, [], { c: [5, 5] }),
      1,
      undefined,
      /^only 2 jobs of c ended yet$/,
    ],
    ['a running job that tells nothing', jobs({}, [{ kind: 'a', elapsed: 20 }]), 1, 40, /^from 3/],
    [
      'one that tells how far it is',
      jobs({}, [{ kind: 'x', elapsed: 30, fraction: 0.25 }]),
      1,
      90,
      /^from the progress/,
    ],
    [
      'one that runs longer than any other',
      jobs({ a: 1 }, [{ kind: 'a', elapsed: 600 }]),
      1,
      60,
      /; 1 job runs longer than any that has ended/,
    ],
    ['a worker that is still at work', jobs({ a: 1 }, [{ kind: 'a', elapsed: 20 }]), 1, 100, /^from 3/],
    [
      'fewer workers than jobs that run',
      jobs(
        {},
        [0, 20, 40].map((elapsed) => ({ kind: 'a', elapsed })),
      ),
      1,
      60,
      /^from 3/,
    ],
    [
      'a job that waits for another try',
      retrying({}, 300),
      1,
      360,
      /; 1 job waits for another try, for 5 min at/,
    ],
    ['work until it is tried again', retrying({ a: 2 }, 100), 1, 180, /^from 3/],
    ['work that ends before', retrying({ a: 1 }, 300), 2, 360, /^from 3/],
    ['several that wait', retrying({}, 30, 10, 10), 1, 190, /3 jobs wait for another try, for 30 s at most$/],
    [
      'more jobs than are given out one by one, and one that is due late',
      retrying({ a: 20_000 }, 90_000),
      100,
      90_060,
      /^from 3/,
    ],
    ['more jobs than are given out one by one', jobs({ a: 1_000_000 }), 100, 600_000, /^from 3/],
  ];
  for (const [what, of, workers, seconds, reason] of cases) {
    it(what, () => {
      const answer = forecast(of, workers);
      assert.deepEqual([answer.workers, answer.seconds], [workers, seconds]);
      assert.match(answer.reason, reason);
    });
  }

  const queue = fc.record({
    waiting: fc.record({ a: fc.nat(40), b: fc.nat(40) }),
    running: fc.array(fc.record({ kind: fc.constantFrom('a', 'b'), elapsed: fc.nat(100) }), { maxLength: 5 }),
  });
  const workers = fc.integer({ min: 1, max: 12 });

  it('is never sooner than the work takes, nor later than one worker would be', () => {
    fc.assert(
      fc.property(queue, workers, ({ waiting, running }, count) => {
        const seconds = forecast(jobs(waiting, running), Math.max(count, running.length)).seconds!;
        const work = waiting.a * 60 + waiting.b * 10;
        const alone = work + running.length * 60;
        assert.ok(seconds >= work / Math.max(count, running.length) - 1e-6);
        assert.ok(seconds <= alone + 1e-6);
      }),
    );
  });

  it('of like jobs is never later with one worker more', () => {
    fc.assert(
      fc.property(fc.nat(60), workers, (count, of) => {
        const by = (extra: number): number => forecast(jobs({ a: count }), of + extra).seconds!;
        assert.ok(by(1) <= by(0));
      }),
    );
  });
});
