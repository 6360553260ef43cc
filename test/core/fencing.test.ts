import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { admit, attemptId, attemptOfId } from '../../src/core/fencing.ts';

const given = [
  { job: { id: 7 }, attempt: 3 },
  { job: { id: 9 }, attempt: 1 },
];

describe('the fence', () => {
  const table: [what: string, job: unknown, attempt: unknown, verdict: object][] = [
    ['the attempt it computes', 7, 3, { about: given[0] }],
    ['one that waits behind it', 9, 1, { about: given[1] }],
    ['an earlier attempt', 7, 2, { refused: 'another attempt' }],
    ['a later attempt', 7, 4, { refused: 'another attempt' }],
    ['a job of another worker', 8, 1, { refused: 'a job it does not have' }],
    ['the attempt of another of its jobs', 9, 3, { refused: 'another attempt' }],
    ['no job', undefined, 3, { refused: 'no attempt at all' }],
    ['no attempt', 7, undefined, { refused: 'no attempt at all' }],
    ['numbers as text', '7', '3', { refused: 'no attempt at all' }],
    ['an array that reads like a number', [7], 3, { refused: 'no attempt at all' }],
    ['nothing of the kind', { job: 7 }, null, { refused: 'no attempt at all' }],
    ['not a number', NaN, NaN, { refused: 'no attempt at all' }],
    ['half an attempt', 7, 2.5, { refused: 'no attempt at all' }],
    ['attempt nought', 7, 0, { refused: 'no attempt at all' }],
  ];
  for (const [what, job, attempt, verdict] of table) {
    it(`${'about' in verdict ? 'admits' : 'refuses'} ${what}`, () => {
      assert.deepEqual(admit({ job, attempt }, given), verdict);
    });
  }

  it('admits exactly what was given, of anything that JSON can say', () => {
    const value = fc.oneof(fc.integer({ min: 6, max: 10 }), fc.integer({ min: 0, max: 4 }), fc.jsonValue());
    fc.assert(
      fc.property(value, value, (job, attempt) => {
        const verdict = admit({ job, attempt }, given);
        const expected = given.find((known) => known.job.id === job && known.attempt === attempt);
        assert.equal('about' in verdict ? verdict.about : undefined, expected);
      }),
    );
  });
});

describe('the id of an attempt', () => {
  it('names it, and nothing else does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 1000 }), (job, attempt) => {
        assert.deepEqual(attemptOfId(attemptId({ job, attempt })), { job, attempt });
      }),
    );
    for (const id of [
      '1',
      '1.',
      '.1',
      '01.1',
      '1.01',
      '1.1.1',
      ' 1.1',
      '1.1\n',
      '-1.1',
      '1e3.1',
      1.1,
      null,
      {},
    ]) {
      assert.equal(attemptOfId(id), undefined, JSON.stringify(id));
    }
  });
});
