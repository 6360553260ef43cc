import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillPlaceholders } from '../../src/core/placeholders.ts';

describe('fillPlaceholders', () => {
  const cases: [argument: string, filled: string][] = [
    ['--site={site}', '--site=Zürich; rm -rf /'],
    ['{number}-{flag}-{nothing}', '0.5-true-null'],
    ['{list}', '[1,"a"]'],
    ['{site-name}.{v1.2}', 'west.yes'],
    ['{{site}}', '{site}'],
    ['{print $1}', '{print $1}'],
    ['${site}', '${site}'],
    ['{}', '{}'],
    ['{"a":{"b":1}}', '{"a":{"b":1}}'],
    ['{quoted}', '{site}'],
  ];
  const parameters = {
    site: 'Zürich; rm -rf /',
    number: 0.5,
    flag: true,
    nothing: null,
    list: [1, 'a'],
    'site-name': 'west',
    'v1.2': 'yes',
    quoted: '{site}',
  };
  for (const [argument, filled] of cases) {
    it(`makes ${filled} of ${argument}`, () => {
      assert.deepEqual(fillPlaceholders([argument], parameters), { command: [filled], unknown: [] });
    });
  }

  it('names every placeholder without a parameter once', () => {
    const { unknown } = fillPlaceholders(['{a}', '{b}{a}', '{toString}'], { b: 1 });
    assert.deepEqual(unknown, ['a', 'toString']);
  });
});
