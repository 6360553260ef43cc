import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { diskFileSystem } from '../../src/store/file-system.ts';
import { readSnapshot } from '../../src/store/read-snapshot.ts';
import { decodeTrailer, encodeTrailer, TRAILER_LENGTH } from '../../src/store/snapshot-trailer.ts';
import { CrewModel } from './crew-model.ts';
import { dumpFile } from './dump.ts';
import { appendAll, copyOf, stateFolder, withStore } from './state-folder.ts';

const { events } = CrewModel.live(Array.from({ length: 300 }, (_, index) => (index * 7919) % 100_003));
const half = events.length >> 1;

/** In Python, which has a SQLite of its own. */
function inPython(file: string, statement: string): string {
  const script = `import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute(sys.argv[2]).fetchall())
connection.commit()`;
  return execFileSync('python3', ['-c', script, file, statement], { encoding: 'utf8' }).trim();
}

describe("a snapshot's trailer", () => {
  const original = stateFolder();
  let content: Buffer;
  let expected: ReturnType<typeof dumpFile>;
  const database = (folder: string): string => join(folder, 'nightcrew.db');

  before(async () => {
    await withStore(original, (store) => appendAll(store, events.slice(0, half)));
    await withStore(original, (store) => appendAll(store, events.slice(half)));
    content = readFileSync(database(original));
    expected = dumpFile(database(original));
  });

  /** Opens a copy whose snapshot has this content, and returns what the store said of it. */
  async function openWith(changed: Uint8Array): Promise<{ problem: string | undefined; replayed: number }> {
    const folder = copyOf(original);
    writeFileSync(database(folder), changed);
    const { snapshotProblem: problem, replayed } = await withStore(folder, ({ recovery }) => recovery);
    if (replayed > 0) assert.deepEqual(dumpFile(database(folder)), expected);
    return { problem, replayed };
  }

  it('says what it was told, and is found in no other bytes', () => {
    const trailer = { checksum: 0x0f0c3a91, length: 374_000_000 };
    assert.deepEqual(decodeTrailer(encodeTrailer(trailer)), trailer);
    assert.equal(encodeTrailer({ checksum: 0xffffffff, length: 2 ** 50 }).length, TRAILER_LENGTH);
    assert.equal(decodeTrailer(Buffer.alloc(TRAILER_LENGTH)), undefined);
  });

  it('tells of any single byte of the database that was changed', () => {
    const file = join(original, 'flipped.db');
    const length = content.length - TRAILER_LENGTH;
    assert.ok(length >= 8 * 4096, `${length} bytes`);
    for (let position = 0; position < content.length; position += position < 100 ? 1 : 487) {
      const flipped = Buffer.from(content);
      flipped[position]! ^= 1 << (position % 8);
      writeFileSync(file, flipped);
      const { verdict } = readSnapshot(diskFileSystem, file);
      assert.equal(verdict === 'sound', false, `byte ${position}`);
      if (position < length) assert.equal(verdict, 'damaged', `byte ${position}`);
    }
  });

  it('tells of a changed letter in a text, which the check of SQLite does not see', async () => {
    const flipped = Buffer.from(content);
    const position = flipped.indexOf('simulate', 8192);
    flipped[position]! ^= 1;
    const { problem, replayed } = await openWith(flipped);
    assert.match(problem!, /nightcrew\.db cannot be used: its checksum is wrong/);
    assert.equal(replayed, events.length - half);
  });

  it('is not needed: without one, or with a broken one, SQLite’s own check decides', async () => {
    const without = content.subarray(0, -TRAILER_LENGTH);
    assert.deepEqual(await openWith(without), { problem: undefined, replayed: 0 });
    const broken = Buffer.from(content);
    broken[content.length - 10]! ^= 0xff;
    assert.deepEqual(await openWith(broken), { problem: undefined, replayed: 0 });
    const torn = Buffer.from(without);
    torn.fill(0x5a, 4096, 12_288);
    assert.equal((await openWith(torn)).replayed, events.length - half);
  });

  it('tells of a file that was cut', async () => {
    for (const kept of [content.length >> 1, 4096, 100, 0]) {
      const { problem, replayed } = await openWith(content.subarray(0, kept));
      assert.match(problem!, /nightcrew\.db cannot be used/);
      assert.equal(replayed, events.length - half);
    }
  });

  it('is not seen by other programs that read the database', () => {
    assert.equal(inPython(database(original), 'PRAGMA integrity_check'), "[('ok',)]");
    const count = String(expected['jobs']!.length);
    assert.equal(inPython(database(original), 'SELECT count(*) FROM jobs'), `[(${count},)]`);
  });

  it('tells of what another program has changed, so that the journal decides', async () => {
    const folder = copyOf(original);
    inPython(database(folder), `UPDATE jobs SET parameters = '{"changed": true}'`);
    const { snapshotProblem } = await withStore(folder, ({ recovery }) => recovery);
    assert.match(snapshotProblem!, /its checksum is wrong/);
    assert.deepEqual(dumpFile(database(folder)), expected);
  });
});
