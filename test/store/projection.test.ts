import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JournalEvent } from '../../src/core/events.ts';
import { Database } from '../../src/store/database.ts';
import { Projection, type JournalRecord } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { CrewModel } from './crew-model.ts';
import { bytesOf, dump, dumpBytes, engine, fileOf, type Dump } from './dump.ts';

function recordOf(sequence: number, ...events: JournalEvent[]): JournalRecord {
  return { s: sequence, n: events.length, t: 1_763_780_000_000 + sequence, e: events };
}

function live(choices: number[]): { model: CrewModel; records: JournalRecord[] } {
  const { model, events } = CrewModel.live(choices);
  return { model, records: events.map((event, index) => recordOf(index + 1, event)) };
}

function dumpOf(projection: Projection): Dump {
  projection.commit();
  return dump(projection.database);
}

const life = fc.array(fc.nat({ max: 100_000 }), { maxLength: 200, size: 'max' });

describe('a projection', () => {
  it('is the same however its events are grouped, looked at in between, or restored', () => {
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.nat({ max: 9 })), (choices, dice) => {
        const { records } = live(choices);
        const oneByOne = Projection.empty(engine);
        const atOnce = Projection.empty(engine);
        let restored = Projection.empty(engine);
        for (const record of records) {
          oneByOne.apply([record]);
          oneByOne.commit();

          restored.apply([record]);
          const chance = dice.next().value;
          if (chance === 0) restored.settle();
          if (chance === 1) restored = new Projection(new Database(engine, fileOf(restored)));
        }
        atOnce.apply(records);
        const expected = dumpOf(oneByOne);
        assert.deepEqual(dumpOf(atOnce), expected);
        assert.deepEqual(dumpOf(restored), expected);
        assert.deepEqual(dumpBytes(bytesOf(atOnce)), expected);
      }),
      { numRuns: 25 },
    );
  });

  it('says of its jobs what the crew lived through', () => {
    fc.assert(
      fc.property(life, (choices) => {
        const { model, records } = live(choices);
        const projection = Projection.empty(engine);
        projection.apply(records);
        const { jobs, total } = answer(projection, 'jobs', { offset: 0, limit: 1e6 });
        assert.equal(total, model.jobs.length);
        assert.deepEqual(
          jobs.map(({ id, batch, pool, route, priority, state, attempts, failures, parameters }) => ({
            id,
            batch,
            pool,
            route,
            priority,
            state,
            attempts,
            failures,
            parameters,
          })),
          model.jobs.map(({ worker: _, ...job }) => job),
        );
        const restored = answer(projection, 'restore', {});
        assert.equal(restored.nextJob, model.jobs.length + 1);
        assert.deepEqual(
          restored.running.map(({ id, worker }) => ({ id, worker })),
          model.jobs.filter((job) => job.state === 'running').map(({ id, worker }) => ({ id, worker })),
        );
        assert.deepEqual(
          restored.workers
            .map(({ id, launch }) => ({ id, launch }))
            .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
          model.workers.map(({ id, launch }) => ({ id, launch })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        );
        for (const batch of restored.batches) {
          const states = model.jobs.filter((job) => job.batch === batch.id).map((job) => job.state);
          for (const [state, count] of Object.entries(batch.counts)) {
            assert.equal(count, states.filter((other) => other === state).length);
          }
          const open = states.some((state) => state === 'pending' || state === 'running');
          assert.equal(batch.finishedAt === undefined, open);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('refuses records that do not follow each other', () => {
    const projection = Projection.empty(engine);
    projection.apply([recordOf(1, { type: 'crew.wanted', wanted: true })]);
    assert.throws(() => projection.apply([recordOf(3, { type: 'crew.wanted', wanted: true })]), /record 3/);
    assert.throws(() => projection.apply([{ ...recordOf(2), n: 1 }]), /record 2/);
  });
});
