import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchSource, JournalEvent } from '../../src/core/events.ts';
import type { AttemptOutcome } from '../../src/core/job.ts';
import type { WorkerEnding } from '../../src/core/worker-ending.ts';
import type { WorkerState } from '../../src/core/worker.ts';
import { EventGuard } from '../../src/store/event-guard.ts';
import { InvariantError } from '../../src/store/invariant-error.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { CrewModel } from './crew-model.ts';
import { engine } from './dump.ts';

/** Events of a small world, in which about half of them do not fit. */
const worker = fc.constantFrom('p-1', 'p-2');
const job = fc.integer({ min: 1, max: 4 });
const attempt = fc.integer({ min: 1, max: 2 });
const launch = fc.integer({ min: 0, max: 2 });
const state = fc.constantFrom<WorkerState>('STARTING', 'RUNNING', 'DEAD');
const pool = fc.constantFrom('p', 'q');

const event: fc.Arbitrary<JournalEvent> = fc.oneof(
  fc.record({
    type: fc.constant('job.claimed' as const),
    job,
    attempt,
    worker,
    launch,
    frame: fc.constant(1),
  }),
  fc.record({
    type: fc.constant('job.finished' as const),
    job,
    attempt,
    outcome: fc.constantFrom<AttemptOutcome>('done', 'failed'),
    next: fc.constantFrom('done' as const, 'pending' as const),
    startedAt: fc.constant(5),
    finishedAt: fc.constant(9),
  }),
  fc.record({ type: fc.constant('job.checkpointed' as const), job, attempt, checkpoint: fc.constant(1) }),
  fc.record({ type: fc.constant('job.resent' as const), job, attempt, frame: fc.constant(7) }),
  fc.record({
    type: fc.constant('job.interrupted' as const),
    job,
    attempt,
    outcome: fc.constantFrom('cancelled' as const, 'timed-out' as const),
  }),
  fc.record({
    type: fc.constant('worker.ending' as const),
    worker,
    launch,
    ending: fc.constant<WorkerEnding>({
      to: 'DEAD',
      reason: 'x',
      outcome: 'aborted',
      relaunch: true,
      forced: false,
    }),
  }),
  fc.record({ type: fc.constant('job.cancelled' as const), job, reason: fc.constant('x') }),
  fc.record({ type: fc.constant('worker.added' as const), worker, pool, labels: fc.constant({}) }),
  fc.record({
    type: fc.constant('worker.launched' as const),
    worker,
    launch,
    command: fc.constant<string[]>([]),
  }),
  fc.record({
    type: fc.constant('worker.spawned' as const),
    worker,
    launch,
    process: fc.constant({ pid: 1, startTime: '1', bootId: 'b' }),
  }),
  fc.record({
    type: fc.constant('worker.transitioned' as const),
    worker,
    launch,
    from: fc.option(state),
    to: state,
    reason: fc.constant('x'),
  }),
  fc.record({ type: fc.constant('worker.paused' as const), worker, paused: fc.boolean() }),
  fc.record({ type: fc.constant('worker.frozen' as const), worker, launch, frozen: fc.boolean() }),
  fc.record({
    type: fc.constant('worker.noted' as const),
    worker,
    launch,
    kind: fc.constant('stalled' as const),
    reason: fc.constant('x'),
  }),
  fc.record({ type: fc.constant('worker.removed' as const), worker }),
  fc.record({
    type: fc.constant('worker.refused' as const),
    worker,
    pool,
    reasons: fc.constant<string[]>(['x']),
    overridden: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('memory.peaked' as const),
    pool,
    task: fc.constant('run'),
    worker,
    launch,
    bytes: fc.constant(1),
  }),
  fc.record({ type: fc.constant('pool.removed' as const), pool }),
  fc.record({
    type: fc.constant('batch.enqueued' as const),
    batch: fc.integer({ min: 1, max: 3 }),
    name: fc.constant('b'),
    pool,
    task: fc.constant('run'),
    priority: fc.constant(0),
    maxAttempts: fc.constant(3),
    timeout: fc.constant(60),
    match: fc.constant<string[]>([]),
    firstJob: fc.integer({ min: 1, max: 4 }),
    count: fc.constant(2),
    source: fc.constant<BatchSource>({ rows: [{}, {}] }),
  }),
);

function project(events: JournalEvent[]): Projection {
  const projection = Projection.empty(engine);
  try {
    for (const [index, event] of events.entries()) {
      projection.apply([{ s: index + 1, n: 1, t: index, e: [event] }]);
    }
    projection.settle();
    return projection;
  } catch (error) {
    projection.database.close();
    throw error;
  }
}

function fits(events: JournalEvent[]): boolean {
  try {
    project(events).database.close();
    return true;
  } catch (error) {
    assert.ok(error instanceof InvariantError);
    return false;
  }
}

function accepts(guard: EventGuard, event: JournalEvent): boolean {
  try {
    guard.check(event);
    return true;
  } catch (error) {
    assert.ok(error instanceof InvariantError);
    return false;
  }
}

function newGuard(): EventGuard {
  return new EventGuard({ claims: [], workers: [], pools: [], nextJob: 1, nextBatch: 1, ramps: [] });
}

describe('the guard of the journal', () => {
  it('refuses what the projection would refuse, but for the past of a job', () => {
    const opening: JournalEvent[] = [
      { type: 'worker.added', worker: 'p-1', pool: 'p', labels: {} },
      { type: 'worker.launched', worker: 'p-1', launch: 1, command: [] },
    ];
    fc.assert(
      fc.property(fc.array(event, { minLength: 10, maxLength: 40, size: 'max' }), (candidates) => {
        const guard = newGuard();
        const accepted: JournalEvent[] = [];
        for (const candidate of [...opening, ...candidates]) {
          const fitting = fits([...accepted, candidate]);
          const guarded = accepts(guard, candidate);
          if (candidate.type === 'job.claimed' || candidate.type === 'job.cancelled') {
            assert.ok(guarded || !fitting, `refused: ${JSON.stringify(candidate)}`);
          } else {
            assert.equal(guarded, fitting, JSON.stringify(candidate));
          }
          if (!fitting) continue;
          guard.record(candidate);
          accepted.push(candidate);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('lets every legal life pass, also when it begins in the middle of it', () => {
    const life = fc.array(fc.nat({ max: 100_000 }), { maxLength: 150, size: 'max' });
    fc.assert(
      fc.property(life, fc.nat(), (choices, cut) => {
        const { events } = CrewModel.live(choices);
        const middle = cut % events.length;
        const early = newGuard();
        const projection = project(events.slice(0, middle));
        const late = new EventGuard(answer(projection, 'guard', {}));
        projection.database.close();
        for (const [index, event] of events.entries()) {
          for (const guard of index < middle ? [early] : [early, late]) {
            guard.check(event);
            guard.record(event);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
