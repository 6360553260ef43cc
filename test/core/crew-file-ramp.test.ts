import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse as yaml } from 'yaml';
import { parseCrewFile } from '../../src/core/crew-file.ts';

const parse = (pool: string): ReturnType<typeof parseCrewFile> =>
  parseCrewFile(`pools:\n  a:\n    command: x\n${pool}`, '/w/nightcrew.yaml');

const schema = JSON.parse(
  readFileSync(new URL('../../protocol/schema/crew-file.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const validate = new Ajv2020({ allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
  schema,
);
const isValid = (pool: string): boolean => validate(yaml(`pools:\n  a:\n    command: x\n${pool}`));

describe('the ramp of a pool', () => {
  it('is a list of steps; the pool has as many workers as the last one', () => {
    assert.ok(isValid('    ramp: [ { workers: 2, soak: 2h }, { workers: 3, soak: 90s } ]'));
    const { pools, problems } = parse('    ramp: [ { workers: 2, soak: 2h }, { workers: 3, soak: 90s } ]');
    assert.deepEqual(problems, []);
    const steps = [
      { workers: 2, soak: 7200 },
      { workers: 3, soak: 90 },
    ];
    assert.deepEqual([pools[0]?.workers, pools[0]?.ramp], [3, { steps }]);
  });

  it('may say what rolls it back', () => {
    const text =
      '    workers: 2\n    ramp:\n      steps: [{ workers: 2, soak: 1d }]\n      errorRate: 5%\n      rollbackOn: [SchemaMismatch, stale-cache]';
    assert.ok(isValid(text));
    const { pools, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(pools[0]?.ramp, {
      steps: [{ workers: 2, soak: 86_400 }],
      errorRate: 0.05,
      rollbackOn: ['SchemaMismatch', 'stale-cache'],
    });
  });

  it('goes with workers that have labels', () => {
    const labels = '    workers: { domain: [law, art, news] }\n';
    const { pools, problems } = parse(
      `${labels}    ramp: [{ workers: 1, soak: 1h }, { workers: 3, soak: 1h }]`,
    );
    assert.deepEqual([problems, pools[0]?.workers], [[], 3]);
  });

  const mistakes: [what: string, pool: string, problem: string][] = [
    [
      'no list',
      '    ramp: 4',
      '4:11 Pool "a": ramp must be a list of steps like { workers: 2, soak: 2h }, not 4. Write for example "ramp: [{ workers: 2, soak: 2h }, { workers: 4, soak: 4h }]".',
    ],
    [
      'an empty list',
      '    ramp: []',
      '4:11 Pool "a": ramp must be a list of steps like { workers: 2, soak: 2h }, not an empty list. Write for example "ramp: [{ workers: 2, soak: 2h }, { workers: 4, soak: 4h }]".',
    ],
    [
      'no steps',
      '    ramp: { errorRate: 5% }',
      '4:5 Pool "a": ramp has no steps. Add "steps:", a list like [{ workers: 2, soak: 2h }].',
    ],
    [
      'a step that is none',
      '    ramp: [2]',
      '4:12 Pool "a": ramp: step 1 must be a step like { workers: 2, soak: 2h }, not 2. Say how many workers, and how long: { workers: 2, soak: 2h }.',
    ],
    [
      'a step without its time',
      '    ramp: [{ workers: 2 }]',
      '4:12 Pool "a": ramp: step 1 has no "soak". A step says how many workers, and how long: { workers: 2, soak: 2h }.',
    ],
    [
      'a time that is none',
      '    ramp: [{ workers: 2, soak: long }]',
      '4:32 Pool "a": ramp: step 1: soak must be a duration like 30s, 5m, 48h or 2d, or a number of seconds, at most 3650d, not the text "long". Write for example "soak: 10m".',
    ],
    [
      'no workers',
      '    ramp: [{ workers: 0, soak: 1h }]',
      '4:23 Pool "a": ramp: step 1: workers must be a whole number from 1 to 1,000, not 0. Write for example "workers: 2".',
    ],
    [
      'a step back',
      '    ramp:\n      - { workers: 3, soak: 1h }\n      - { workers: 3, soak: 2h }',
      '6:9 Pool "a": ramp: step 2 has 3 workers, and the one before it 3. Each step has more workers than the one before.',
    ],
    [
      'an end that is not the pool',
      '    workers: 6\n    ramp: [{ workers: 2, soak: 1h }]',
      '5:11 Pool "a": ramp ends at 2 workers, and the pool has 6. Let its last step have as many workers as the pool, or leave "workers" out.',
    ],
    [
      'a share that is none',
      '    ramp: { steps: [{ workers: 2, soak: 1h }], errorRate: 5 }',
      '4:59 Pool "a": ramp: errorRate must be a share like 10%, not 5. Write "errorRate: 5%".',
    ],
    [
      'a misspelt name',
      '    ramp: [{ worker: 2, soak: 1h }]',
      '4:14 Pool "a": ramp: step 1 has no setting "worker". Did you mean "workers"?',
    ],
  ];
  for (const [what, pool, problem] of mistakes) {
    it(`is refused with ${what}, at its place`, () => {
      const { problems } = parse(pool);
      const told = problems.map(({ line, column, message, nextStep = '' }) =>
        `${line}:${column} ${message} ${nextStep}`.trim(),
      );
      assert.deepEqual(told, [problem]);
      // The order of steps and the pool's number are more than a schema can say.
      assert.equal(isValid(pool), what.endsWith('that is not the pool') || what === 'a step back');
    });
  }
});
