import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeeperLosses } from '../../src/supervisor/keeper-losses.ts';

describe('jobs under which the keeper dies', () => {
  it('are suspected when they ran the fifth time in a row', () => {
    const losses = new KeeperLosses();
    assert.deepEqual(losses.note([{ id: 1 }]), []);
    for (let time = 0; time < 3; time++) assert.deepEqual(losses.note([{ id: 1 }, { id: 2 }]), []);
    assert.deepEqual(losses.note([{ id: 1 }, { id: 2 }]), [1]);
  });

  it('are not while they get on', () => {
    const losses = new KeeperLosses();
    for (let step = 0; step < 10; step++) {
      assert.deepEqual(losses.note([{ id: 1, checkpoint: { step } }]), []);
    }
  });

  it('have their chances again when somebody starts the crew', () => {
    const losses = new KeeperLosses();
    for (let time = 0; time < 4; time++) losses.note([{ id: 1 }]);
    losses.forget();
    assert.deepEqual(losses.note([{ id: 1 }]), []);
  });
});
