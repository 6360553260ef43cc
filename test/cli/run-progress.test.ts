import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressLines, progressSentence } from '../../src/cli/run/progress-lines.ts';
import { RateMeter } from '../../src/cli/run/rate-meter.ts';
import { runProgress } from '../../src/cli/run/run-progress.ts';
import { NO_COLORS } from '../../src/cli/terminal.ts';
import type { JobCounts } from '../../src/core/job-records.ts';
import type { CrewState } from '../../src/control/crew-state.ts';
import {
  NOON,
  scriptedBatch,
  scriptedCrew,
  scriptedJob,
  scriptedRecentJob,
  scriptedWorker,
} from '../extension/scripted-crew.ts';

function counts(change: Partial<JobCounts>): JobCounts {
  return { pending: 0, running: 0, done: 0, failed: 0, cancelled: 0, ...change };
}

const sweep = scriptedBatch({
  id: 1,
  count: 600,
  counts: counts({ pending: 386, running: 2, done: 208, failed: 4 }),
});
const tags = scriptedBatch({
  id: 2,
  name: 'tags',
  pool: 'tag',
  count: 10,
  counts: counts({ done: 9, cancelled: 1 }),
});
const other = scriptedBatch({ id: 3, pool: 'other', counts: counts({ pending: 600 }) });

const crew: CrewState = scriptedCrew({
  workers: [
    scriptedWorker({ id: 'simulate-1', job: scriptedJob(210, 0.43) }),
    scriptedWorker({ id: 'simulate-2' }),
    scriptedWorker({ id: 'simulate-3', state: 'FAILED', reason: 'exit code 1' }),
    scriptedWorker({ id: 'other-1', pool: 'other' }),
  ],
  batches: [sweep, tags, other],
  recent: [
    scriptedRecentJob(),
    scriptedRecentJob({
      id: 17,
      state: 'failed',
      outcome: 'failed',
      error: { message: 'bad\nseed', type: 'ValueError' },
    }),
  ],
});

describe('the progress of a run', () => {
  it('is that of its batches and of no others', () => {
    const { ended, total, counts: sum, finished, stuck, blocked } = runProgress(crew, new Set([1, 2]));
    assert.deepEqual([ended, total, finished, stuck, blocked], [222, 610, false, false, []]);
    assert.deepEqual(sum, counts({ pending: 386, running: 2, done: 217, failed: 4, cancelled: 1 }));
  });

  it('is finished when nothing is pending or running', () => {
    assert.equal(runProgress(crew, new Set([2])).finished, true);
    assert.equal(runProgress(crew, new Set()).finished, true);
  });

  it('is stuck when no worker of any pool with work lives', () => {
    const ended = crew.workers.map((worker) => ({ ...worker, state: 'FAILED' as const }));
    const { stuck, blocked } = runProgress({ ...crew, workers: ended }, new Set([1, 2]));
    assert.equal(stuck, true);
    assert.deepEqual(
      blocked.map(({ name, unfinished, workers }) => [name, unfinished, workers.length]),
      [['simulate', 388, 3]],
    );
  });

  it('waits for a worker that crashed and is about to be started again, not for one that cannot work at all', () => {
    const [worker] = crew.workers;
    const crashed = { ...worker!, state: 'FAILED' as const, restartDue: NOON + 1_000, jobsFailed: 1 };
    const ofOne = (view: typeof crashed): ReturnType<typeof runProgress> =>
      runProgress({ ...crew, workers: [view] }, new Set([1, 2]));
    const soon = ofOne(crashed);
    assert.deepEqual([soon.stuck, soon.waiting, soon.blocked], [false, [], []]);
    assert.equal(ofOne({ ...crashed, jobsDone: 0, jobsFailed: 0 }).stuck, true, 'never had a job');
    assert.equal(ofOne({ ...crashed, autoRestarts: 3 }).stuck, true, 'given up for this hour');
  });

  it('waits for a pool whose workers wait for room, unless there can never be any', () => {
    const refused = (never: { never?: true }): typeof crew => ({
      ...crew,
      workers: crew.workers.map((worker) => ({
        ...worker,
        state: 'DEAD' as const,
        refusal: { reasons: ['needs about 64 GB, 16 GB free'], risks: [], nextStep: '', ...never },
      })),
    });
    const later = runProgress(refused({}), new Set([1, 2]));
    assert.deepEqual([later.stuck, later.waiting, later.blocked], [false, ['simulate'], []]);
    const never = runProgress(refused({ never: true }), new Set([1, 2]));
    assert.deepEqual([never.stuck, never.waiting], [true, []]);
    assert.deepEqual(
      never.blocked.map(({ name, unfinished }) => [name, unfinished]),
      [['simulate', 388]],
    );
  });

  it('is not stuck while one pool still works, but knows the other', () => {
    const workers = crew.workers.filter(({ pool }) => pool === 'other');
    const { stuck, blocked } = runProgress({ ...crew, workers }, new Set([1, 3]));
    assert.deepEqual([stuck, blocked.map(({ name }) => name)], [false, ['simulate']]);
  });
});

describe('the progress as text', () => {
  const view = { state: crew, progress: runProgress(crew, new Set([1, 2])), perSecond: 3.2, now: NOON };

  it('has bars, workers, the last failure and the whole', () => {
    assert.deepEqual(progressLines(view, { colors: NO_COLORS, columns: 100, unicode: true }), [
      'sweep  ████████▍░░░░░░░░░░░░░░░  212/600   35 %  4 failed',
      'tags   ████████████████████████    10/10  100 %            1 cancelled',
      '',
      'simulate-1  210 sweep · 43 % · 20 min · alpha=0.1 seed=210 · step 86 of 200',
      'simulate-2  idle',
      'Last failure: job 17: ValueError: bad seed',
      '2 workers · 1.2 GB memory · 3.2/s · about 2 min 2 s left · Ctrl-C asks what to do',
    ]);
  });

  it('needs no characters that a console lacks, and no more columns than there are', () => {
    const lines = progressLines(view, { colors: NO_COLORS, columns: 40, unicode: false });
    assert.equal(lines[0], 'sweep  [########................]  212/…');
    assert.ok(lines.every((line) => line.length <= 40));
  });

  it('is one sentence in a log', () => {
    assert.equal(
      progressSentence(view),
      '222 of 610 jobs ended, 2 running, 4 failed, 3.2/s, about 2 min 2 s left',
    );
    assert.equal(progressSentence({ ...view, perSecond: 0 }), '222 of 610 jobs ended, 2 running, 4 failed');
  });
});

describe('the rate', () => {
  it('is that of the last minute where enough happened in it', () => {
    const meter = new RateMeter(0, 100);
    assert.equal(meter.perSecond, 0);
    meter.note(10_000, 120);
    assert.equal(meter.perSecond, 2);
    for (let second = 20; second <= 120; second += 10) meter.note(second * 1000, 120 + second * 5);
    assert.equal(meter.perSecond, 5);
  });

  it('is that of the whole run for jobs of hours', () => {
    const meter = new RateMeter(0, 0);
    const hour = 3_600_000;
    for (let hours = 1; hours <= 8; hours++) meter.note(hours * hour, hours * 2);
    assert.equal(meter.perSecond * 3600, 2);
  });
});
