import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filePlaceOf } from '../../src/extension/error-place.ts';

describe('the place of a control error', () => {
  it('is a line of a file, relative ones from the workspace', () => {
    assert.deepEqual(filePlaceOf('/home/ada/a b/nightcrew.yaml:12', '/home/ada'), {
      file: '/home/ada/a b/nightcrew.yaml',
      line: 12,
    });
    assert.deepEqual(filePlaceOf('nightcrew.yaml:12:3', '/home/ada'), {
      file: '/home/ada/nightcrew.yaml',
      line: 12,
    });
  });

  it('may be something else, which cannot be opened', () => {
    assert.equal(filePlaceOf('simulate', '/home/ada'), undefined);
    assert.equal(filePlaceOf(undefined, '/home/ada'), undefined);
    assert.equal(filePlaceOf('nightcrew.yaml:12', undefined), undefined);
  });
});
