import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findWorkspace } from '../../src/cli/workspace.ts';
import { temporaryWorkspace } from './temporary-workspace.ts';

describe('the workspace of a command', () => {
  it('is the nearest folder above with a crew file', (test) => {
    const folder = temporaryWorkspace(test, { 'nightcrew.yaml': '' });
    const below = join(folder, 'data', 'sites');
    mkdirSync(below, { recursive: true });
    assert.equal(findWorkspace(below, undefined), folder);
    assert.equal(findWorkspace(folder, undefined), folder);
  });

  it('is the folder itself where there is none', (test) => {
    const folder = temporaryWorkspace(test);
    assert.equal(findWorkspace(folder, undefined), folder);
  });

  it('is the one that was named, from where the command was given', (test) => {
    const folder = temporaryWorkspace(test, { 'nightcrew.yaml': '' });
    mkdirSync(join(folder, 'other'));
    assert.equal(findWorkspace(folder, 'other'), join(folder, 'other'));
    assert.throws(() => findWorkspace(folder, 'nightcrew.yaml'), /does not exist/);
  });
});
