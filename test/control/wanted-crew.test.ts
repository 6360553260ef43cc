import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isWantedHere, noteWanted } from '../../src/control/wanted-crew.ts';

const root = mkdtempSync(join(tmpdir(), 'nightcrew-wanted-'));
after(() => rmSync(root, { recursive: true }));

describe('the note that a crew is wanted', () => {
  const workspace = join(root, 'study');
  const stateFolder = join(workspace, '.nightcrew');
  mkdirSync(stateFolder, { recursive: true });

  it('is there from when the crew is wanted until it is not', () => {
    assert.equal(isWantedHere(workspace), false);
    noteWanted(stateFolder, true);
    assert.equal(isWantedHere(workspace), true);
    noteWanted(stateFolder, false);
    assert.equal(isWantedHere(workspace), false);
  });

  it('counts where it was made, under whatever name: not on another machine, not in a copy', () => {
    noteWanted(stateFolder, true);
    symlinkSync(workspace, join(root, 'link'));
    assert.equal(isWantedHere(join(root, 'link')), true);
    cpSync(workspace, join(root, 'copy'), { recursive: true });
    assert.equal(isWantedHere(join(root, 'copy')), false);
    process.env['NIGHTCREW_HOST_NAME'] = 'another-machine';
    try {
      assert.equal(isWantedHere(workspace), false);
    } finally {
      delete process.env['NIGHTCREW_HOST_NAME'];
    }
  });

  it('is left out where it cannot be written', () => {
    assert.doesNotThrow(() => noteWanted(join(root, 'nowhere'), true));
  });
});
