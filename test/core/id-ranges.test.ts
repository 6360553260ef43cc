import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countIds, idsOf, includesId, rangesOf, withoutIds } from '../../src/core/id-ranges.ts';

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 })).map((list) => list.sort((a, b) => a - b));

describe('ranges of ids', () => {
  it('hold what was put in, in as few ranges as possible', () => {
    fc.assert(
      fc.property(ids, (list) => {
        const ranges = rangesOf(list);
        assert.deepEqual([...idsOf(ranges)], list);
        assert.equal(countIds(ranges), list.length);
        const gaps = list.filter((id, index) => index === 0 || list[index - 1] !== id - 1);
        assert.equal(ranges.length, 2 * gaps.length);
        for (let id = 0; id <= 61; id++) assert.equal(includesId(ranges, id), list.includes(id), `${id}`);
      }),
    );
  });

  it('are what is left when some are taken out', () => {
    fc.assert(
      fc.property(ids, ids, (list, out) => {
        const left = list.filter((id) => !out.includes(id));
        assert.deepEqual(withoutIds(rangesOf(list), new Set(out)), rangesOf(left));
      }),
    );
  });
});
