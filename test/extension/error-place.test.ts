import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filePlaceOf } from '../../src/extension/error-place.ts';

describe('the place of a control error', () => {
  it('is a line of a file, relative ones from the workspace', () => {
    assert.deepEqual(filePlaceOf('/work/a b/nightcrew.yaml:12', '/work'), {
      file: '/work/a b/nightcrew.yaml',
      line: 12,
    });
    assert.deepEqual(filePlaceOf('nightcrew.yaml:12:3', '/work'), { file: '/work/nightcrew.yaml', line: 12 });
  });

  it('may be something else, which cannot be opened', () => {
    assert.equal(filePlaceOf('simulate', '/work'), undefined);
    assert.equal(filePlaceOf(undefined, '/work'), undefined);
    assert.equal(filePlaceOf('nightcrew.yaml:12', undefined), undefined);
  });
});
