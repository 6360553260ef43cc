import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readMatrixText } from '../../src/extension/commands/matrix-text.ts';
import { readParametersText } from '../../src/extension/commands/parameters-text.ts';

describe('a matrix typed into one line', () => {
  const readings: [string, Record<string, unknown>, number][] = [
    ['alpha=0.1,0.2 seed=1..200', { alpha: [0.1, 0.2], seed: '1..200' }, 400],
    ['alpha = 0.1 , 0.2   seed = 3', { alpha: [0.1, 0.2], seed: [3] }, 2],
    ['step=0..100..5', { step: '0..100..5' }, 21],
    ['site="Lake 4",\'a,b\',mud', { site: ['Lake 4', 'a,b', 'mud'] }, 3],
    ['flag=true,false id=007 code="7"', { flag: [true, false], id: ['007'], code: ['7'] }, 2],
    ['from=-3..3', { from: '-3..3' }, 7],
    ['range="1..3"', { range: ['1..3'] }, 1],
  ];
  for (const [text, matrix, count] of readings) {
    it(`reads ${text}`, () => assert.deepEqual(readMatrixText(text), { matrix, count }));
  }

  const problems: [string, RegExp][] = [
    ['', /at least one axis/],
    ['alpha', /"alpha" should be an axis/],
    ['alpha=', /alpha lacks a value/],
    ['alpha=1,', /alpha lacks a value/],
    ['alpha=1,,2', /alpha lacks a value/],
    ['alpha="x', /quote " in alpha is not closed/],
    ['alpha=1 alpha=2', /alpha stands there twice/],
    ['seed=1..5,9', /range 1\.\.5 of seed must stand alone/],
    ['seed=5..1', /range 5\.\.1 of seed is empty/],
    ['=3', /"=3" should be an axis/],
  ];
  for (const [text, problem] of problems) {
    it(`says what is wrong with ${text || 'nothing'}`, () => {
      const reading = readMatrixText(text);
      assert.ok('problem' in reading);
      assert.match(reading.problem, problem);
    });
  }
});

describe('the parameters of one job', () => {
  it('are read from one line, from JSON, or are none', () => {
    assert.deepEqual(readParametersText('alpha=0.1 site="Lake 4"'), {
      parameters: { alpha: 0.1, site: 'Lake 4' },
    });
    assert.deepEqual(readParametersText('{"layers": [3, 4]}'), { parameters: { layers: [3, 4] } });
    assert.deepEqual(readParametersText('  '), { parameters: {} });
  });

  it('are refused when they are several jobs, or broken JSON', () => {
    assert.match(JSON.stringify(readParametersText('seed=1..3')), /several values/);
    assert.match(JSON.stringify(readParametersText('seed=1,2')), /several values/);
    assert.match(JSON.stringify(readParametersText('{"a": ')), /not valid JSON/);
  });
});
