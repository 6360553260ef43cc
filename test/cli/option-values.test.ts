import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  collectAssignments,
  collectAxes,
  collectNames,
  collectParameters,
  duration,
  integer,
  naturalNumber,
  positiveInteger,
} from '../../src/cli/option-values.ts';

describe('values of options', () => {
  it('are typed by what they look like', () => {
    const given = [
      'alpha=0.1',
      'seed=3',
      'on=true',
      'site=north east',
      'id=007',
      'grid=[1, 2]',
      'who={"a":1}',
      'x="5"',
      'e=',
    ];
    assert.deepEqual(
      given.reduce<Record<string, unknown>>((sum, text) => collectParameters(text, sum), {}),
      {
        alpha: 0.1,
        seed: 3,
        on: true,
        site: 'north east',
        id: '007',
        grid: [1, 2],
        who: { a: 1 },
        x: '5',
        e: null,
      },
    );
    assert.deepEqual(collectAssignments('tier=1', { domain: 'law' }), { domain: 'law', tier: '1' });
    assert.deepEqual(collectNames('a,b', ['c']), ['c', 'a', 'b']);
  });

  it('may be axes of a matrix', () => {
    const axis = (text: string): unknown => collectAxes(`x=${text}`)['x'];
    assert.deepEqual(axis('0.1,0.2'), [0.1, 0.2]);
    assert.deepEqual(axis('5'), [5]);
    assert.deepEqual(axis('1..200'), '1..200');
    assert.deepEqual(axis('-5..5'), '-5..5');
    assert.deepEqual(axis('0..1..0.1'), '0..1..0.1');
    assert.deepEqual(axis('../a.csv,../b.csv'), ['../a.csv', '../b.csv']);
    assert.deepEqual(axis('["a, b", "c"]'), ['a, b', 'c']);
  });

  it('are numbers and durations', () => {
    assert.equal(positiveInteger('3'), 3);
    assert.equal(naturalNumber('0'), 0);
    assert.equal(integer('-3'), -3);
    assert.equal(duration('2h'), 7200);
  });

  const mistakes: [name: string, action: () => unknown, message: RegExp][] = [
    ['a parameter without value', () => collectParameters('alpha'), /"alpha" is not of the form name=value/],
    ['a parameter without name', () => collectParameters('=3'), /"=3" is not of the form name=value/],
    ['a name that would change the object', () => collectParameters('__proto__=3'), /not of the form/],
    ['half a list', () => collectParameters('grid=[1, 2'), /begins like JSON and is none/],
    ['an axis twice', () => collectAxes('a=1', { a: [2] }), /The axis "a" is given twice/],
    ['an axis without values', () => collectAxes('a='), /The axis has no values/],
    ['an empty name', () => collectNames('a,,b'), /one or more names/],
    ['zero', () => positiveInteger('0'), /whole number from 1/],
    ['half a worker', () => positiveInteger('1.5'), /whole number from 1/],
    ['a text as number', () => integer('high'), /whole number/],
    ['a duration of none', () => duration('0'), /must be a duration like 30s/],
  ];
  for (const [name, action, message] of mistakes) {
    it(`refuse ${name}`, () => assert.throws(action, message));
  }
});
