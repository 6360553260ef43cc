/** A failing seed is of use only if it means the same chaos again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isKill, planFaults, planVisits, type PlannedVisit } from './chaos-plan.ts';

function visits(seed: number, lane: string): PlannedVisit[] {
  const endless = planVisits(seed, lane, [0, 100]);
  return Array.from({ length: 200 }, () => endless.next().value as PlannedVisit);
}

describe('the plan of a chaos', () => {
  it('follows from the seed', () => {
    assert.deepEqual(planFaults(7, 1, 100), planFaults(7, 1, 100));
    assert.deepEqual(visits(7, 'window'), visits(7, 'window'));
  });

  it('is another one for another seed, another round and another face', () => {
    assert.notDeepEqual(planFaults(7, 1, 100), planFaults(8, 1, 100));
    assert.notDeepEqual(planFaults(7, 1, 100), planFaults(7, 2, 100));
    assert.notDeepEqual(visits(7, 'window'), visits(7, 'terminal'));
  });

  it('has as many kills as asked, and begins as a shorter one does', () => {
    const faults = planFaults(7, 1, 100);
    assert.equal(faults.filter(({ kind }) => isKill(kind)).length, 100);
    assert.deepEqual(faults.slice(0, planFaults(7, 1, 20).length), planFaults(7, 1, 20));
  });

  it('has everything in it sooner or later', () => {
    assert.equal(new Set(planFaults(7, 1, 1_000).map(({ kind }) => kind)).size, 15);
    const actions = visits(7, 'window').flatMap((visit) => visit.actions);
    assert.equal(new Set(actions.map((action) => action.do)).size, 17);
    const kinds = actions.flatMap((action) =>
      action.do === 'enqueue' ? `${action.pool} ${action.kind}` : [],
    );
    assert.ok(new Set(kinds).size > 25);
  });
});
