/** The keeper's record is there whole or not at all, and nothing stays of those that were never finished. */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readKeeperRecord, removeKeeperRecord, writeKeeperRecord } from '../../src/keeper/keeper-record.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the record of a keeper', () => {
  it('removes what keepers that were killed while they wrote theirs have left', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'keeper.json.4711.partial'), '{"identity"');
    await writeFile(join(folder, 'control-v1.sock'), '');
    const identity = { pid: process.pid, startTime: '1', bootId: 'b' };
    const record = { identity, socket: 's', token: 't', version: 1, workspace: '/w' };
    await writeKeeperRecord(folder, record);
    assert.deepEqual(await readKeeperRecord(folder), record);
    await removeKeeperRecord(folder);
    assert.deepEqual(await readdir(folder), ['control-v1.sock']);
  });
});
