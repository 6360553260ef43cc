import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { diskRoom } from '../../src/supervisor/disk-room.ts';

describe('the room of a disk', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nightcrew-room-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is tried by a file that is gone afterwards', async () => {
    const room = diskRoom(folder);
    await room.probe(100_000);
    assert.deepEqual(readdirSync(folder), []);
    assert.ok(room.free()! > 0);
  });

  it('is cleared of the file of one that was killed while it tried', () => {
    writeFileSync(join(folder, 'disk.probe'), 'room? ');
    diskRoom(folder);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is refused with the words of the system where there is none', async () => {
    const room = diskRoom(join(folder, 'gone'));
    await assert.rejects(room.probe(1), { code: 'ENOENT' });
    assert.equal(room.free(), undefined);
  });
});
