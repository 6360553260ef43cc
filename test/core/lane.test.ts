import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PendingJob } from '../../src/core/job.ts';
import { compareLanePositions } from '../../src/core/lane-position.ts';
import type { LaneRefill } from '../../src/core/lane-refill.ts';
import { Lane } from '../../src/core/lane.ts';
import { pendingJob } from './pending-job.ts';

/** The store's side: every pending job, whether memory holds it or not. */
class LaneModel {
  readonly pending = new Map<number, PendingJob>();
  readonly taken: PendingJob[] = [];
  nextId = 1;
  /** What the store answered to the refill under way, as of the moment it was asked. */
  answer: { refill: LaneRefill; jobs: PendingJob[]; more: boolean } | undefined;
  /** Asked before the order changed, and not answered yet. */
  stale: { refill: LaneRefill; jobs: PendingJob[]; more: boolean }[] = [];
  /** Jobs that wait for a moment: pending in the store, in no lane. */
  readonly delayed = new Map<number, PendingJob>();
  /** The order has changed, and the lane has not been told of the new one yet. */
  reloading = false;

  sorted(): PendingJob[] {
    return [...this.pending.values()].sort(compareLanePositions);
  }
}

const CAPACITY = 4;
const LIMITS = { capacity: CAPACITY, size: 200 };

/** The next jobs as the store answers: when the limits are met, no further one. */
function head(jobs: PendingJob[], limit: number, size: number): { jobs: PendingJob[]; more: boolean } {
  let characters = 0;
  const taken = jobs.slice(0, limit).filter(({ parameters }) => {
    if (characters >= size) return false;
    characters += JSON.stringify(parameters).length;
    return true;
  });
  return { jobs: taken, more: taken.length === limit || characters >= size };
}

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      priority: fc.integer({ min: -2, max: 2 }),
      count: fc.integer({ min: 1, max: 15 }),
      length: fc.constantFrom(0, 10, 100, 1_000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retry' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel many' as const), rest: fc.nat({ max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reprioritise' as const),
      rest: fc.nat({ max: 3 }),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('requeue' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retry later' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('due' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('answer late' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer' as const) }) },
);

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function run(lane: Lane, model: LaneModel, step: Command): void {
  switch (step.kind) {
    case 'enqueue': {
      let offering = true;
      for (let index = 0; index < step.count; index++) {
        const job = pendingJob(model.nextId++, step.priority, { text: 'x'.repeat(step.length) });
        model.pending.set(job.id, job);
        // As the queue does it: the rest of a batch is worse than the first that was turned away.
        offering &&= lane.offer(job);
      }
      break;
    }
    case 'take': {
      const job = lane.take();
      if (!job) break;
      if (!model.reloading)
        assert.equal(job.id, model.sorted()[0]?.id, 'the best of all pending jobs is taken');
      assert.ok(model.pending.has(job.id), `job ${job.id} is pending`);
      model.pending.delete(job.id);
      model.taken.push(job);
      break;
    }
    case 'retry': {
      const [job] = model.taken.splice(step.pick % Math.max(1, model.taken.length), 1);
      if (!job) break;
      model.pending.set(job.id, job);
      lane.offer(job);
      break;
    }
    case 'cancel': {
      const jobs = model.sorted();
      const job = jobs[step.pick % Math.max(1, jobs.length)];
      if (!job) break;
      model.pending.delete(job.id);
      lane.withdraw(({ id }) => id === job.id);
      break;
    }
    case 'cancel many': {
      const isMeant = ({ id }: PendingJob): boolean => id % 4 === step.rest;
      for (const job of model.sorted()) if (isMeant(job)) model.pending.delete(job.id);
      for (const job of model.delayed.values()) if (isMeant(job)) model.delayed.delete(job.id);
      lane.withdraw(isMeant);
      break;
    }
    case 'reprioritise': {
      for (const job of [...model.sorted(), ...model.delayed.values()])
        if (job.id % 4 === step.rest) job.priority = step.priority;
      lane.forEach((job) => {
        if (job.id % 4 === step.rest) job.priority = step.priority;
      });
      reload(lane, model);
      break;
    }
    case 'requeue': {
      const [job] = model.taken.splice(step.pick % Math.max(1, model.taken.length), 1);
      if (!job) break;
      model.pending.set(job.id, job);
      reload(lane, model);
      break;
    }
    case 'retry later': {
      const [job] = model.taken.splice(step.pick % Math.max(1, model.taken.length), 1);
      if (job) model.delayed.set(job.id, job);
      break;
    }
    case 'due': {
      const job = [...model.delayed.values()][step.pick % Math.max(1, model.delayed.size)];
      if (!job) break;
      model.delayed.delete(job.id);
      model.pending.set(job.id, job);
      lane.offer(job);
      break;
    }
    case 'answer late': {
      const late = model.stale.shift();
      if (late) lane.endRefill(late.refill, late, (id) => model.delayed.has(id));
      break;
    }
    case 'ask': {
      if (model.answer || !lane.needsRefill) break;
      const refill = lane.beginRefill();
      const { after, limit, size } = refill.question;
      // The store's own copies, of this moment.
      const behind = [...model.pending.values(), ...model.delayed.values()]
        .sort(compareLanePositions)
        .filter((job) => !after || compareLanePositions(job, after) > 0);
      model.answer = {
        refill,
        ...head(
          behind.map((job) => ({ ...job })),
          limit,
          size,
        ),
      };
      break;
    }
    case 'answer': {
      const { answer } = model;
      if (!answer) break;
      lane.endRefill(answer.refill, answer, (id) => model.delayed.has(id));
      if (answer.refill.question.anew) model.reloading = false;
      model.answer = undefined;
    }
  }
}

/** As the queue does it: told, and asked for in the same turn. */
function reload(lane: Lane, model: LaneModel): void {
  lane.reload();
  if (model.answer) model.stale.push(model.answer);
  model.answer = undefined;
  model.reloading = true;
  run(lane, model, { kind: 'ask' });
}

/** Takes everything, refilling when memory runs low. */
function drain(lane: Lane, model: LaneModel): void {
  while (model.stale.length > 0) run(lane, model, { kind: 'answer late' });
  while (model.delayed.size > 0) run(lane, model, { kind: 'due', pick: 0 });
  run(lane, model, { kind: 'answer' });
  for (let rounds = 0; model.pending.size > 0; rounds++) {
    assert.ok(rounds < 10_000, `${model.pending.size} jobs were never offered`);
    run(lane, model, { kind: 'ask' });
    run(lane, model, { kind: 'answer' });
    run(lane, model, { kind: 'take' });
  }
  assert.equal(lane.size, 0, 'nothing is in memory that is not pending');
}

describe('a lane', () => {
  it('gives every job exactly once and always the best, whatever comes between', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80, size: 'max' }), (steps) => {
        const lane = new Lane('p', '', undefined, LIMITS);
        const model = new LaneModel();
        for (const step of steps) run(lane, model, step);
        drain(lane, model);
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds a restored queue through the store', () => {
    const model = new LaneModel();
    for (let id = 1; id <= 50; id++) model.pending.set(id, pendingJob(id, id % 3));
    const lane = new Lane('p', '', 'restored', LIMITS);
    assert.equal(lane.take(), undefined);
    assert.equal(lane.needsRefill, true);
    drain(lane, model);
  });

  it('holds no more in memory than its capacity when a large batch comes in', () => {
    const lane = new Lane('p', '');
    let offered = 0;
    while (lane.offer(pendingJob(offered + 1, 0))) offered++;
    assert.equal(offered, 4_096);
    assert.equal(lane.whole, false);
  });

  it('stays bounded when ever higher priorities come in', () => {
    const lane = new Lane('p', '', undefined, LIMITS);
    for (let id = 1; id <= 1_000; id++) lane.offer(pendingJob(id, id));
    assert.ok(lane.size <= 3 * CAPACITY, `${lane.size} jobs are in memory`);
    assert.equal(lane.take()?.id, 1_000);
  });

  it('stays bounded in bytes when large jobs come in, in one batch or better and better', () => {
    const lane = new Lane('p', '');
    const large = { text: 'x'.repeat(1024 * 1024) };
    let offered = 0;
    while (lane.offer(pendingJob(offered + 1, 0, large))) offered++;
    assert.ok(offered <= 8, `${offered}`);
    for (let id = 10; id < 100; id++) lane.offer(pendingJob(id, id, large));
    assert.ok(lane.size <= 24, `${lane.size} large jobs are in memory`);
    assert.equal(lane.take()?.id, 99);
  });
});
