import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pointOf, type MetricBucket, type MetricLook } from '../../src/core/metric-bucket.ts';
import {
  MetricHistory,
  MOST_METRIC_BYTES,
  overall,
  readSeries,
  RESOLUTIONS,
} from '../../src/core/metric-history.ts';

/** Seconds since 1970; a multiple of every resolution. */
const NOON = 1_763_780_400;
const HOUR = 3_600;
const look: MetricLook = {
  seconds: 1,
  lived: 1,
  busy: 1,
  memory: 1_000,
  cpu: 50,
  done: 1,
  failed: 0,
};
const subject = { pool: 'p', worker: 'p-1' };

function looks(
  history: MetricHistory,
  from: number,
  seconds: number,
  change: Partial<MetricLook> = {},
): void {
  for (let at = from; at < from + seconds; at++) history.look(subject, { ...look, ...change }, at * 1000);
}

function whole(history: MetricHistory, level: number): MetricBucket | undefined {
  return overall([...history.series[0]!.rings[level]!.read()]);
}

/** Its times at the finest resolution, counted from noon. */
function times(history: MetricHistory, level = 0): number[] {
  return [...history.series[0]!.rings[level]!.read()].map(({ at }) => at - NOON);
}

describe('figures over time', () => {
  it('keep totals and maxima at every resolution', () => {
    const seen = fc.record({
      pause: fc.nat(400),
      memory: fc.option(fc.nat(100), { nil: undefined }),
      cpu: fc.option(fc.nat(800), { nil: undefined }),
      busy: fc.nat(3),
      done: fc.nat(50),
      failed: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 300 }), (all) => {
        const history = new MetricHistory();
        let now = NOON;
        for (const { pause, ...rest } of all) {
          now += pause;
          history.look(subject, { seconds: 1, lived: 3, ...rest }, now * 1000);
        }
        const sum = (pick: (one: (typeof all)[number]) => number): number =>
          all.reduce((total, one) => total + pick(one), 0);
        for (const level of RESOLUTIONS.keys()) {
          const { at: _at, ...figures } = whole(history, level)!;
          assert.deepEqual(figures, {
            observed: all.length,
            lived: 3 * all.length,
            busy: sum(({ busy }) => busy),
            memoryKnown: sum(({ memory }) => (memory === undefined ? 0 : 1)),
            memory: sum(({ memory = 0 }) => memory),
            memoryMax: Math.max(...all.map(({ memory = 0 }) => memory)),
            cpuKnown: sum(({ cpu }) => (cpu === undefined ? 0 : 1)),
            cpu: sum(({ cpu = 0 }) => cpu),
            cpuMax: Math.max(...all.map(({ cpu = 0 }) => cpu)),
            done: sum(({ done }) => done),
            failed: sum(({ failed }) => failed),
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('take no more room than they may, whoever comes and goes', () => {
    const most = 200_000;
    const event = fc.record({ pool: fc.nat(40), worker: fc.nat(40), seconds: fc.nat(5_000) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const history = new MetricHistory(most);
        let now = NOON;
        for (const { pool, worker, seconds } of events) {
          for (const end = now + seconds; now < end; now += 10)
            history.look({ pool: `p${pool}`, worker: `p${pool}-${worker}` }, look, now * 1000);
          assert.ok(history.bytes <= most, `${history.bytes} bytes`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('have room for the newest of more workers than there is room for', () => {
    const history = new MetricHistory();
    for (let worker = 0; worker < 1_200; worker++)
      history.look({ pool: 'p', worker: `p-${worker}` }, look, (NOON + worker) * 1000);
    assert.equal(history.series.length, 1_000);
    assert.equal(history.series.at(-1)!.subject.worker, 'p-1199');
    assert.ok(history.bytes <= MOST_METRIC_BYTES);
  });

  it('reach back for an hour, a day and 30 days', () => {
    const history = new MetricHistory();
    const end = NOON + 31 * 24 * HOUR;
    const [fine, middle] = [end - 2 * HOUR, end - 25 * HOUR];
    for (let at = NOON; at < end; at += at >= fine ? 10 : at >= middle ? 60 : 600)
      history.look(subject, { ...look, seconds: 1 }, at * 1000);
    assert.deepEqual(
      history.series[0]!.rings.map(({ step, length }) => step * length),
      [HOUR, 24 * HOUR, 30 * 24 * HOUR],
    );
  });

  it('have a gap where the machine slept, and where nobody lived', () => {
    const history = new MetricHistory();
    looks(history, NOON, 10);
    looks(history, NOON + 5 * HOUR, 10);
    assert.deepEqual(times(history), [0, 5 * HOUR]);
    assert.equal(whole(history, 2)!.observed, 20);
  });

  it('put up with a clock that is set right by a little', () => {
    const history = new MetricHistory();
    looks(history, NOON, 21);
    looks(history, NOON + 18, 5);
    assert.deepEqual(times(history), [0, 10, 20]);
    assert.equal(whole(history, 0)!.done, 26);
  });

  it('forget the time that a clock had gone wrong into, and live it once more', () => {
    const history = new MetricHistory();
    looks(history, NOON, 10);
    looks(history, NOON + 24 * HOUR, 10);
    looks(history, NOON + 20, 10);
    for (const level of RESOLUTIONS.keys())
      assert.ok(
        times(history, level).every((at) => at <= 20),
        `at ${RESOLUTIONS[level]!.step} s`,
      );
    assert.deepEqual(times(history), [0, 20]);
  });

  it('come back as they were saved, also in the middle of a bucket', () => {
    const history = new MetricHistory();
    const other = new MetricHistory();
    const save = (): void => {
      for (const { subject: who, rings } of history.series)
        for (const ring of rings) {
          other.put(who, ring.step, ring.unsaved());
          ring.saved();
        }
    };
    let now = NOON;
    for (const seconds of [7, 60, 3, 700]) {
      looks(history, now, seconds, { memory: seconds });
      now += seconds;
      save();
    }
    for (const level of RESOLUTIONS.keys())
      assert.deepEqual(
        [...other.series[0]!.rings[level]!.read()],
        [...history.series[0]!.rings[level]!.read()],
      );
    assert.ok(history.series[0]!.rings.every(({ hasUnsaved }) => !hasUnsaved));
  });

  it('are told as coarsely as asked, from the resolution that reaches back', () => {
    const history = new MetricHistory();
    looks(history, NOON, 2 * HOUR, { seconds: 1 });
    const now = NOON + 2 * HOUR;
    const [series] = history.series;
    const stepsOf = (since: number, step: number): [length: number, done: number] => {
      const buckets = readSeries(series!, { now, since, until: now, step });
      return [buckets.length, overall(buckets)!.done];
    };
    assert.deepEqual(stepsOf(now - HOUR, 0), [360, HOUR]);
    assert.deepEqual(stepsOf(now - HOUR, 60), [60, HOUR]);
    assert.deepEqual(stepsOf(now - HOUR, 300), [12, HOUR]);
    assert.deepEqual(stepsOf(now - 2 * HOUR, 0), [120, 2 * HOUR]);
    assert.deepEqual(stepsOf(now - 29 * 24 * HOUR, 0), [12, 2 * HOUR]);
  });

  it('drop who has been gone for long', () => {
    const history = new MetricHistory();
    looks(history, NOON, 10);
    history.forget(NOON - 1);
    assert.equal(history.series.length, 1);
    history.forget(NOON + 1);
    assert.equal(history.series.length, 0);
  });
});

describe('a figure in words', () => {
  it('says nothing of what was not known', () => {
    const history = new MetricHistory();
    looks(history, NOON, 10, { memory: undefined, cpu: undefined, busy: 0, done: 0 });
    assert.deepEqual(pointOf(whole(history, 0)!), {
      at: NOON * 1000,
      observed: 10,
      workers: 1,
      load: 0,
      busy: 0,
      done: 0,
      failed: 0,
      perMinute: 0,
    });
  });

  it('is taken over the seconds that were looked at', () => {
    const history = new MetricHistory();
    looks(history, NOON, 2, { lived: 4, busy: 3 });
    looks(history, NOON + 2, 2, { lived: 4, busy: 1, memory: 3_000, cpu: undefined });
    assert.deepEqual(pointOf(whole(history, 0)!), {
      at: NOON * 1000,
      observed: 4,
      workers: 4,
      load: 2,
      busy: 0.5,
      memory: 2_000,
      memoryMax: 3_000,
      cpu: 50,
      cpuMax: 50,
      done: 4,
      failed: 0,
      perMinute: 60,
    });
  });
});
