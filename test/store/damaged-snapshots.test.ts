import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { StoreError } from '../../src/store/store-error.ts';
import { JOURNAL_VERSION } from '../../src/store/journal-format.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { encodeTrailer, TRAILER_LENGTH } from '../../src/store/snapshot-trailer.ts';
import { DATABASE, events, FIRST, flip, JOURNAL, killedCrew, readDatabase, recover } from './damaged-disk.ts';
import { Ledger } from './ledger.ts';
import { MemoryDisk } from './memory-disk.ts';
import { openOn, write } from './scripted-life.ts';

describe('snapshots that cannot be used', () => {
  /** Two snapshots, and a journal that does not reach back to its beginning. */
  async function twoSnapshots(): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    for (let session = 1; session <= 3; session++) {
      const opened = await openOn(disk);
      const ledger = new Ledger(events);
      await write(opened, ledger, 3);
      await opened.store.close();
    }
    assert.ok(!disk.exists(FIRST));
    return disk;
  }

  async function assertRefused(disk: MemoryDisk): Promise<StoreError> {
    const before = disk.fingerprint();
    const error: unknown = await openOn(disk).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof StoreError);
    assert.equal(disk.fingerprint(), before, 'nothing was touched');
    return error;
  }

  it('and a journal without its beginning are refused: the queue is not begun from empty', async () => {
    const both = await twoSnapshots();
    for (const path of [DATABASE, `${DATABASE}.previous`]) both.put(path, Buffer.from('not a database'));
    const error = await assertRefused(both);
    assert.match(
      error.message,
      /nightcrew\.db cannot be used.*nightcrew\.db\.previous cannot be used.*only what came after/,
    );
    assert.ok(error.nextStep.includes(DATABASE) && error.nextStep.includes(`${DATABASE}.previous`));

    const noJournal = both.copy();
    for (const path of noJournal.paths()) if (path.startsWith(JOURNAL)) await noJournal.remove(path);
    assert.match((await assertRefused(noJournal)).message, /there is no journal/);

    const noSnapshots = await twoSnapshots();
    await noSnapshots.remove(DATABASE);
    await noSnapshots.remove(`${DATABASE}.previous`);
    assert.match((await assertRefused(noSnapshots)).message, /there is no snapshot/);
  });

  it('cost nothing while the journal is whole', async () => {
    const { disk, count } = await killedCrew(6);
    for (const path of [DATABASE, `${DATABASE}.previous`]) disk.put(path, Buffer.from('not a database'));
    const { damage, found } = await recover(disk);
    assert.equal(damage!.lost, 0);
    assert.deepEqual(found.jobs, new Ledger(events).jobsAfter(count));
    for (const name of ['nightcrew.db', 'nightcrew.db.previous']) {
      assert.equal(disk.content(`${damage!.keptIn}/${name}`).toString(), 'not a database');
    }
  });

  const newer: [string, string, (disk: MemoryDisk, path: string) => void][] = [
    ['a segment of the journal', '', (disk, path) => disk.put(path, Buffer.from('nightcrew-journal 1.9\n'))],
    ['the database', DATABASE, setVersion],
    ['the previous database', `${DATABASE}.previous`, setVersion],
  ];
  for (const [name, place, change] of newer) {
    it(`of a newer version (${name}) are refused with both numbers, and nothing is touched`, async () => {
      const disk = await twoSnapshots();
      if (place.endsWith('.previous')) disk.put(DATABASE, Buffer.from('not a database'));
      change(disk, place || disk.paths().findLast((path) => path.startsWith(JOURNAL))!);
      const error = await assertRefused(disk);
      const { major, minor } = JOURNAL_VERSION;
      const known = place.startsWith(DATABASE) ? String(SCHEMA_VERSION) : `${major}.${minor}`;
      assert.match(error.message, /has version (1\.)?9; /);
      assert.ok(error.message.includes(`this Nightcrew reads version ${known}.`), error.message);
      assert.match(error.nextStep, /Update Nightcrew/);
    });
  }

  /** As a newer program would write it: with a checksum that is right. */
  function setVersion(disk: MemoryDisk, path: string): void {
    const database = disk.content(path).subarray(0, -TRAILER_LENGTH);
    database.writeUInt32BE(9, 60); // SQLite's user_version
    const trailer = encodeTrailer({ checksum: crc32(database), length: database.length });
    disk.put(path, Buffer.concat([database, trailer]));
  }

  it('of which any byte is wrong is noticed, and the one before with the journal behind it says the same', async () => {
    const disk = await twoSnapshots();
    const content = disk.content(DATABASE);
    const expected = readDatabase(disk);
    const stride = Math.ceil(content.length / 40);
    for (let offset = 0; offset < content.length - TRAILER_LENGTH; offset += stride) {
      const damaged = disk.copy();
      flip(damaged, DATABASE, offset, 1 << (offset % 8));
      const before = damaged.content(DATABASE);
      const { damage, found } = await recover(damaged);
      assert.ok(damage, `byte ${offset}`);
      assert.equal(damage.lost, 0);
      assert.deepEqual(damaged.content(`${damage.keptIn}/nightcrew.db`), before);
      assert.deepEqual(found, expected, `byte ${offset}`);
    }
    // The trailer itself is not part of the database: whether it is believed or not, nothing is lost.
    for (let offset = content.length - TRAILER_LENGTH; offset < content.length; offset += 5) {
      const damaged = disk.copy();
      flip(damaged, DATABASE, offset, 1);
      assert.deepEqual((await recover(damaged)).found, expected, `byte ${offset}`);
    }
  });
});
