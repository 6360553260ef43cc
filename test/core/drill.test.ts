import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCrewFile } from '../../src/core/crew-file.ts';
import { judgeDrill, verdictText, type DrillCheck, type DrillJob } from '../../src/core/drill.ts';

let jobs = 0;
const done = (result: unknown): DrillJob => ({ id: ++jobs, parameters: { seed: 1 }, state: 'done', result });
const failed = (): DrillJob => ({
  id: ++jobs,
  parameters: {},
  state: 'failed',
  error: { type: 'KeyError', message: 'no luck' },
});

describe('a drill', () => {
  const cases: [what: string, check: DrillCheck | undefined, runs: DrillJob[][], verdict: string][] = [
    ['only done', undefined, [[done(1)], [done(2)]], 'all done'],
    [
      'the same, in another order of members',
      'same',
      [[done({ a: 1, b: 2 })], [done({ b: 2, a: 1 })]],
      'all done, each result the same every time',
    ],
    [
      'nothing each time',
      'same',
      [[done(undefined)], [done(undefined)]],
      'all done, each result the same every time',
    ],
    [
      'another result',
      'same',
      [
        [done(1), done(5)],
        [done(2), done(5)],
        [done(1), done(5)],
      ],
      '1 job different',
    ],
    ['something and nothing', 'same', [[done(null)], [done(undefined)]], '1 job different'],
    [
      'what fits, as text and as JSON',
      { matches: '^(ok|\\{)' },
      [[done('ok')], [done({ a: 1 })]],
      'all done, each result fits',
    ],
    ['what does not fit', { matches: '^ok$' }, [[done('ok')], [done('no')]], '1 job unfit'],
    [
      'failures',
      'same',
      [
        [failed(), done(1)],
        [done(3), done(1)],
        [done(3), failed()],
      ],
      '2 jobs not done',
    ],
    [
      'failures and differences',
      'same',
      [[done(1)], [failed()], [done(2)]],
      '1 job not done, 1 job different',
    ],
  ];
  for (const [what, check, runs, text] of cases) {
    it(`finds ${what}`, () => {
      const verdict = judgeDrill(check, runs);
      assert.equal(verdictText(check, verdict), text);
      assert.equal(verdict.ok, text.startsWith('all done'));
      assert.equal(verdict.problems.length, verdict.failed + verdict.unfit + verdict.different);
    });
  }

  it('says which run, which job, and what it gave', () => {
    jobs = 0;
    assert.deepEqual(judgeDrill('same', [[done(1)], [done(2)], [failed()]]).problems, [
      'run 2, job 2 (seed=1) gave 2, and in run 1 (job 1) 1',
      'run 3, job 3 failed: KeyError: no luck',
    ]);
    const many = judgeDrill(undefined, [Array.from({ length: 1000 }, failed)]);
    assert.deepEqual([many.failed, many.problems.length], [1000, 20]);
  });
});

describe('what a drill checks', () => {
  const parse = (check: string): ReturnType<typeof parseCrewFile> =>
    parseCrewFile(
      `pools: { p: { command: x } }\nbatches:\n  b:\n    pool: p\n    jobs: [{}]\n${check}`,
      '/w/nightcrew.yaml',
    );

  it('stands in the batch, and makes it no other batch', () => {
    const [none, same, fits] = ['', '    check: same', "    check: { matches: '^ok' }"].map((check) =>
      parse(check),
    );
    assert.deepEqual(
      [none, same, fits].map((file) => file!.problems),
      [[], [], []],
    );
    assert.deepEqual(
      [none, same, fits].map((file) => file!.batches[0]!.check),
      [undefined, 'same', { matches: '^ok' }],
    );
    assert.equal(new Set([none, same, fits].map((file) => file!.batches[0]!.definition)).size, 1);
  });

  it('is refused at its place when it says nothing', () => {
    const told = (check: string): string[] =>
      parse(check).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    assert.deepEqual(told('    check: equal'), [
      '6:12 Batch "b": check must be "same" or { matches: a regular expression }, not the text "equal".',
    ]);
    assert.deepEqual(told('    check: {}'), ['6:5 Batch "b": check says nothing to check.']);
    assert.deepEqual(told("    check: { matches: '(' }"), [
      '6:23 Batch "b": check: matches is no regular expression: (',
    ]);
  });
});
