import assert from 'node:assert/strict';
import { it } from 'node:test';
import { errorText, shortErrorText } from '../../src/core/error-text.ts';

it('says the type of an error once', () => {
  const cases = [
    [undefined, 'no such site', 'no such site'],
    ['ValueError', 'no such site', 'ValueError: no such site'],
    ['ValueError', 'ValueError: no such site', 'ValueError: no such site'],
    ['exit code 3', 'Its worker ended (exit code 3).', 'Its worker ended (exit code 3).'],
    ['SIGKILL', 'Its worker ended (SIGKILL): no memory', 'Its worker ended (SIGKILL): no memory'],
    ['KeyError', 'the key (KeyErrors) is gone', 'KeyError: the key (KeyErrors) is gone'],
  ] as const;
  for (const [type, message, expected] of cases)
    assert.equal(errorText({ message, ...(type === undefined ? {} : { type }) }), expected);
});

it('makes one short line of it where a sentence goes on', () => {
  assert.equal(shortErrorText({ type: 'E', message: ' two\n  lines ' }), 'E: two lines');
  assert.match(shortErrorText({ message: 'x'.repeat(1000) }), /^x{100,500}…$/);
});
