import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reasonsOf } from '../../src/extension/commands/outcome-reasons.ts';

const failed = (worker: string, message: string) => ({ worker, ok: false, message });

describe('why workers could not be started', () => {
  it('is told once for all that have the same reason', () => {
    const outcomes = Array.from({ length: 30 }, (_, index) => failed(`a-${index + 1}`, 'command not found'));
    assert.equal(reasonsOf(outcomes, 2), 'a-1, a-2, a-3 and 27 more: command not found');
  });

  it('is told in no more reasons than one reads', () => {
    const outcomes = ['one', 'two', 'three', 'four'].map((reason, index) => failed(`a-${index + 1}`, reason));
    assert.equal(reasonsOf(outcomes, 2), 'a-1: one · a-2: two · and 2 other reasons');
  });
});
