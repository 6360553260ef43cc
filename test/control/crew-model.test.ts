import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastCheck from 'fast-check';
import type { StateDelta } from '../../src/control/crew-state.ts';
import { applyDelta, mergeDeltas, RECENT_JOBS_KEPT } from '../../src/control/crew-model.ts';
import {
  scriptedBatch,
  scriptedCrew,
  scriptedPool,
  scriptedRecentJob,
  scriptedWorker,
} from '../extension/scripted-crew.ts';

describe('a delta', () => {
  it('replaces what changed in its place and leaves the rest as the same objects', () => {
    const crew = scriptedCrew({
      workers: [scriptedWorker({ id: 'a-1' }), scriptedWorker({ id: 'a-2' }), scriptedWorker({ id: 'a-3' })],
    });
    const changed = scriptedWorker({ id: 'a-2', state: 'DRAINING' });
    const next = applyDelta(crew, { sequence: 101, workers: [changed] });
    assert.deepEqual(next.workers, [crew.workers[0], changed, crew.workers[2]]);
    assert.equal(next.workers[0], crew.workers[0]);
    assert.equal(next.pools, crew.pools);
    assert.equal(next.sequence, 101);
  });

  it('adds what is new and drops what was removed', () => {
    const next = applyDelta(scriptedCrew(), {
      sequence: 101,
      pools: [scriptedPool({ name: 'tag' })],
      removedPools: ['simulate'],
      removedWorkers: ['simulate-1'],
      batches: [scriptedBatch({ id: 2, name: 'second' })],
    });
    assert.deepEqual(
      next.pools.map(({ name }) => name),
      ['tag'],
    );
    assert.deepEqual(next.workers, []);
    assert.deepEqual(
      next.batches.map(({ id }) => id),
      [1, 2],
    );
  });

  it('puts newly ended jobs first and keeps as many as a snapshot has', () => {
    const old = Array.from({ length: RECENT_JOBS_KEPT }, (_, index) =>
      scriptedRecentJob({ id: 100 - index }),
    );
    const next = applyDelta(scriptedCrew({ recent: old }), {
      sequence: 101,
      recent: [scriptedRecentJob({ id: 102 }), scriptedRecentJob({ id: 101 })],
    });
    assert.equal(next.recent.length, RECENT_JOBS_KEPT);
    assert.deepEqual(
      next.recent.slice(0, 3).map(({ id }) => id),
      [102, 101, 100],
    );
  });
});

const workerId = fastCheck.constantFrom('a-1', 'a-2', 'a-3', 'a-4');
const poolName = fastCheck.constantFrom('a', 'b', 'c');
const version = fastCheck.integer({ min: 1, max: 1000 });

/** Deltas as a supervisor sends them: what it names as changed is there, and so not named as removed. */
const deltas: fastCheck.Arbitrary<StateDelta> = fastCheck
  .record(
    {
      sequence: version,
      workers: fastCheck.uniqueArray(
        fastCheck.tuple(workerId, version).map(([id, launch]) => scriptedWorker({ id, launch })),
        { selector: ({ id }) => id, maxLength: 3 },
      ),
      removedWorkers: fastCheck.uniqueArray(workerId, { maxLength: 2 }),
      pools: fastCheck.uniqueArray(
        fastCheck.tuple(poolName, version).map(([name, wanted]) => scriptedPool({ name, wanted })),
        { selector: ({ name }) => name, maxLength: 2 },
      ),
      removedPools: fastCheck.uniqueArray(poolName, { maxLength: 1 }),
      batches: fastCheck.uniqueArray(
        fastCheck
          .tuple(fastCheck.integer({ min: 1, max: 3 }), version)
          .map(([id, count]) => scriptedBatch({ id, count })),
        { selector: ({ id }) => id, maxLength: 2 },
      ),
      recent: fastCheck.uniqueArray(
        version.map((id) => scriptedRecentJob({ id })),
        { selector: ({ id }) => id, maxLength: 3 },
      ),
      wanted: fastCheck.boolean(),
    },
    { requiredKeys: ['sequence'] },
  )
  .map((delta) => ({
    ...delta,
    ...(delta.removedWorkers
      ? {
          removedWorkers: delta.removedWorkers.filter(
            (id) => !delta.workers?.some((worker) => worker.id === id),
          ),
        }
      : {}),
    ...(delta.removedPools
      ? {
          removedPools: delta.removedPools.filter((name) => !delta.pools?.some((pool) => pool.name === name)),
        }
      : {}),
  }));

describe('two deltas merged into one', () => {
  it('do what they do one after the other', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.array(deltas, { maxLength: 4 }),
        deltas,
        deltas,
        (before, first, second) => {
          const crew = before.reduce(applyDelta, scriptedCrew());
          const stepwise = applyDelta(applyDelta(crew, first), second);
          const merged = applyDelta(crew, mergeDeltas(first, second));
          assert.deepEqual(inAnyOrder(merged), inAnyOrder(stepwise));
        },
      ),
    );
  });
});

/** A worker that went and came again stands at the end or in its old place: the order of entities carries no meaning. */
function inAnyOrder(crew: ReturnType<typeof scriptedCrew>): unknown {
  return {
    ...crew,
    workers: crew.workers.toSorted((one, other) => one.id.localeCompare(other.id)),
    pools: crew.pools.toSorted((one, other) => one.name.localeCompare(other.name)),
  };
}
