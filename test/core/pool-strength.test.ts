import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { strengthOf } from '../../src/core/pool-strength.ts';
import { isToBeRemoved } from '../../src/core/worker-cleanup.ts';
import { isLive, WORKER_STATES } from '../../src/core/worker-state.ts';
import type { WorkerState } from '../../src/core/worker.ts';

const member = (id: string, state: WorkerState, labels: Record<string, string> = {}) => ({
  id,
  state,
  labels,
});
const ids = (members: { id: string }[]): string[] => members.map(({ id }) => id);

describe('the strength of a pool', () => {
  it('starts ended ones again before it makes new ones, and has more than it wants', () => {
    const members = [
      member('a', 'RUNNING'),
      member('b', 'DEAD'),
      member('c', 'FAILED'),
      member('d', 'FAILED'),
    ];
    const { live, ended, missing, surplus } = strengthOf({ workers: 3 }, members);
    assert.deepEqual([ids(live), ids(ended), missing, ids(surplus)], [['a'], ['b', 'c'], [], ['d']]);
    assert.deepEqual(strengthOf({ workers: 6 }, members).missing, [{}, {}]);
    assert.deepEqual(ids(strengthOf({ workers: 0 }, members).surplus), ['b', 'c', 'd']);
  });

  it('wants one worker for each combination of labels', () => {
    const labels = { domain: ['law', 'art', 'news'] };
    const members = [
      member('a', 'RUNNING', { domain: 'law' }),
      member('b', 'FAILED', { domain: 'law' }),
      member('c', 'DEAD', { domain: 'art' }),
      member('d', 'DEAD', { domain: 'art' }),
      member('e', 'DEAD', { domain: 'art', tier: 'gpu' }),
    ];
    const { live, ended, missing, surplus } = strengthOf({ workers: 3, labels }, members);
    assert.deepEqual(
      [ids(live), ids(ended), missing, ids(surplus)],
      [['a'], ['c'], [{ domain: 'news' }], ['b', 'd', 'e']],
    );
  });

  it('counts each worker once, and never more wanted ones than the pool has places', () => {
    const states = fc.array(fc.constantFrom(...WORKER_STATES), { maxLength: 20 });
    fc.assert(
      fc.property(states, fc.nat({ max: 12 }), (list, workers) => {
        const members = list.map((state, index) => member(`m${index}`, state));
        const { live, ended, missing, surplus } = strengthOf({ workers }, members);
        assert.deepEqual(ids([...live, ...ended, ...surplus]).sort(), ids(members).sort());
        assert.equal(Math.max(live.length, workers), live.length + ended.length + missing.length);
        assert.ok(missing.length === 0 || surplus.length === 0);
      }),
    );
  });
});

describe('a worker that has ended', () => {
  const MINUTE = 60_000;
  const ended = { state: 'FAILED' as WorkerState, since: 0, now: 6 * MINUTE, age: 300, isWanted: false };

  it('is removed when nobody wants it and it is old enough', () => {
    assert.equal(isToBeRemoved(ended), true);
    assert.equal(isToBeRemoved({ ...ended, state: 'DEAD' }), true);
    assert.equal(isToBeRemoved({ ...ended, now: 5 * MINUTE }), false);
    assert.equal(isToBeRemoved({ ...ended, age: 3600 }), false);
  });

  it('stays while the crew wants it, while it lives, and while it is soon started again', () => {
    for (const state of WORKER_STATES) {
      assert.equal(isToBeRemoved({ ...ended, state, isWanted: true }), false);
      if (isLive(state)) assert.equal(isToBeRemoved({ ...ended, state }), false);
    }
    assert.equal(isToBeRemoved({ ...ended, restartDue: 8 * MINUTE }), false);
    assert.equal(isToBeRemoved({ ...ended, restartDue: 60 * MINUTE }), true);
  });

  it('stays when the clock was set back', () =>
    assert.equal(isToBeRemoved({ ...ended, now: -MINUTE }), false));
});
