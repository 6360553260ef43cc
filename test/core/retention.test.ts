import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dueForArchive, type EndedBatch } from '../../src/core/retention.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22);
const ended = (id: number, hoursAgo: number, count = 100): EndedBatch => ({
  id,
  count,
  finishedAt: NOW - hoursAgo * HOUR,
});
const due = (batches: EndedBatch[], jobs: number, ageInHours?: number): number[] =>
  dueForArchive(batches, { jobs, ...(ageInHours ? { age: ageInHours * 3600 } : {}) }, NOW).map(
    ({ id }) => id,
  );

describe('retention', () => {
  const batches = [ended(3, 30), ended(1, 50), ended(2, 40), ended(4, 0.5)];

  it('leaves everything while there is room and no age', () => {
    assert.deepEqual(due(batches, 400), []);
    assert.deepEqual(due([], 0), []);
  });

  it('takes the oldest first, and some to spare', () => {
    assert.deepEqual(due(batches, 399), [1]);
    assert.deepEqual(due(batches, 300), [1, 2]);
  });

  it('takes nothing that ended within the last hour', () => assert.deepEqual(due(batches, 0), [1, 2, 3]));

  it('takes what is older than the age once something is clearly so', () => {
    assert.deepEqual(due(batches, 1_000_000, 49), []);
    assert.deepEqual(due(batches, 1_000_000, 39), [1, 2]);
  });

  it('leaves as many as it may, and at most those that are too young more', () => {
    const some = fc.array(
      fc.record({ hours: fc.integer({ min: 0, max: 9 }), count: fc.integer({ min: 1, max: 50 }) }),
    );
    fc.assert(
      fc.property(some, fc.nat(500), (given, kept) => {
        const all = given.map(({ hours, count }, index) => ended(index + 1, hours, count));
        const gone = new Set(due(all, kept));
        const left = all.filter(({ id }) => !gone.has(id));
        const old = left.filter(({ finishedAt }) => NOW - finishedAt >= HOUR);
        const sum = (of: EndedBatch[]): number => of.reduce((total, { count }) => total + count, 0);
        assert.ok(sum(left) <= kept || old.length === 0);
        for (const batch of all)
          if (gone.has(batch.id)) assert.ok(old.every(({ finishedAt }) => finishedAt >= batch.finishedAt));
      }),
    );
  });
});
