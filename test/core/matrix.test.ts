import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matrixEntry, matrixSize, parseRange, type Matrix } from '../../src/core/matrix.ts';
import { routeAccepts, routeOf } from '../../src/core/route.ts';

const axis = fc.oneof(
  fc.array(fc.oneof(fc.integer(), fc.string()), { minLength: 1, maxLength: 4 }),
  fc
    .record({ from: fc.integer({ min: -9, max: 9 }), span: fc.nat(9), step: fc.integer({ min: 1, max: 4 }) })
    .map(({ from, span, step }) => ({ from, to: from + span, step })),
);
const matrix: fc.Arbitrary<Matrix> = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), axis, {
  minKeys: 1,
  maxKeys: 3,
});

describe('a parameter matrix', () => {
  it('makes every combination once', () => {
    fc.assert(
      fc.property(matrix, (axes) => {
        const size = matrixSize(axes);
        const entries = Array.from({ length: size }, (_value, index) => matrixEntry(axes, index));
        for (const entry of entries) assert.deepEqual(Object.keys(entry), Object.keys(axes));
        const distinct = new Set(entries.map((entry) => JSON.stringify(entry)));
        const repeated = Object.values(axes).some(
          (values) => Array.isArray(values) && new Set(values).size < values.length,
        );
        if (!repeated) assert.equal(distinct.size, size);
      }),
    );
  });

  it('turns the last axis fastest and lies over the base', () => {
    const axes: Matrix = { alpha: [0.1, 0.2], seed: { from: 1, to: 2, step: 1 } };
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => matrixEntry(axes, index, { beta: 5, seed: 99 })),
      [
        { beta: 5, seed: 1, alpha: 0.1 },
        { beta: 5, seed: 2, alpha: 0.1 },
        { beta: 5, seed: 1, alpha: 0.2 },
        { beta: 5, seed: 2, alpha: 0.2 },
      ],
    );
  });

  it('reads ranges and nothing else', () => {
    assert.deepEqual(parseRange('1..200'), { from: 1, to: 200, step: 1 });
    assert.deepEqual(parseRange('-5 .. 5 .. 5'), { from: -5, to: 5, step: 5 });
    for (const text of ['1...3', '1..', '..3', '1..3..0', 'a..b', '1.5..3', ''])
      assert.equal(parseRange(text), undefined, text);
  });
});

describe('a route', () => {
  it('lets in the workers whose labels equal the matched parameters, whatever characters stand in them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1, maxKeys: 4 }),
        fc.string(),
        (labels, other) => {
          const names = Object.keys(labels);
          const route = routeOf(labels, names);
          assert.equal(routeAccepts(route, labels), true);
          assert.equal(routeAccepts(route, { ...labels, extra: 'x' }), true);
          const [first] = names;
          if (first !== undefined && labels[first] !== other)
            assert.equal(routeAccepts(route, { ...labels, [first]: other }), false);
        },
      ),
    );
  });

  it('is open to all without a match', () => {
    assert.equal(routeOf({ a: 1 }, []), '');
    assert.equal(routeAccepts('', {}), true);
  });
});
