import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StoreError } from '../../src/store/store-error.ts';
import { HEADER, JOURNAL_VERSION, segmentName } from '../../src/store/journal-format.ts';
import { FOLDER, numbersOf, openJournal, readJournal, writeRecord } from './journal-folder.ts';
import { MemoryDisk } from './memory-disk.ts';

const FIRST = `${FOLDER}/${segmentName(1)}`;

/** A journal of three flushed records and a fourth that is only written. */
async function threeFlushedRecords(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const journal = await openJournal(disk);
  for (const numbers of [[1], [2, 3], [4]]) {
    writeRecord(journal, ...numbers);
    await journal.flush();
  }
  writeRecord(journal, 5, 6);
  return disk;
}

describe('the tail of the journal', () => {
  it('is cut at the last whole record, wherever the last one was torn', async () => {
    const whole = (await threeFlushedRecords()).content(FIRST);
    const start = whole.subarray(0, -1).lastIndexOf('\n') + 1;
    for (let length = start; length < whole.length; length++) {
      const disk = new MemoryDisk();
      disk.put(FIRST, whole.subarray(0, length));
      const read = await readJournal(disk);
      assert.deepEqual(numbersOf(read), [1, 2, 3, 4], `cut at byte ${length}`);
      assert.equal(read.scanned.tornBytes, length - start);

      writeRecord(await openJournal(disk), 50);
      assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2, 3, 4, 50], `cut at byte ${length}`);
    }
  });

  it('is cut when any byte of its last record is wrong', async () => {
    const whole = (await threeFlushedRecords()).content(FIRST);
    const start = whole.subarray(0, -1).lastIndexOf('\n') + 1;
    for (let offset = start; offset < whole.length; offset++) {
      const disk = new MemoryDisk();
      const flipped = Buffer.from(whole);
      flipped[offset]! ^= 0x20;
      disk.put(FIRST, flipped);
      assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2, 3, 4], `byte ${offset}`);
    }
  });

  it('may reach into the header of a segment that had just begun', async () => {
    for (let length = 0; length < HEADER.length; length++) {
      const disk = new MemoryDisk();
      disk.put(FIRST, Buffer.from(HEADER.slice(0, length)));
      writeRecord(await openJournal(disk), 1);
      assert.deepEqual(numbersOf(await readJournal(disk)), [1], `header of ${length} bytes`);
    }
  });

  it('may be pages that were never stored and read as zeros', async () => {
    const whole = (await threeFlushedRecords()).content(FIRST);
    const disk = new MemoryDisk();
    disk.put(FIRST, Buffer.concat([whole, Buffer.alloc(5000)]));
    const read = await readJournal(disk);
    assert.deepEqual(numbersOf(read), [1, 2, 3, 4, 5, 6]);
    assert.equal(read.scanned.tornBytes, 5000);
  });
});

describe('damage in the middle of the journal', () => {
  it('is told with file and offset when the broken record had been flushed, and nothing is touched', async () => {
    const disk = await threeFlushedRecords();
    const whole = disk.content(FIRST);
    const second = whole.indexOf('\n', HEADER.length) + 1;
    const flipped = Buffer.from(whole);
    flipped[second + 20]! ^= 1;
    disk.put(FIRST, flipped);
    const read = await readJournal(disk);
    assert.deepEqual(numbersOf(read), [1]);
    assert.deepEqual(read.scanned.damage, {
      problem: `The journal is damaged at byte ${second} of ${FIRST}: a record is broken.`,
      index: 0,
    });
    assert.deepEqual(disk.content(FIRST), flipped);
  });

  it('is a torn tail when nothing behind it knew it to be flushed', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    writeRecord(journal, 1);
    await journal.flush();
    for (const number of [2, 3, 4]) writeRecord(journal, number);
    const broken = disk.content(FIRST);
    broken[broken.indexOf('"s":2')]! ^= 1;
    disk.put(FIRST, broken);
    assert.deepEqual(numbersOf(await readJournal(disk)), [1]);
  });

  it('is found over the border of two segments', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    writeRecord(journal, 1);
    await journal.flush();
    writeRecord(journal, 2);
    journal.rotate();
    writeRecord(journal, 3);
    const second = `${FOLDER}/${segmentName(3)}`;
    const tail = disk.content(FIRST);
    disk.put(FIRST, tail.subarray(0, -3));

    const unflushed = disk.copy();
    assert.deepEqual(numbersOf(await readJournal(unflushed)), [1]);
    writeRecord(await openJournal(unflushed), 20);
    assert.deepEqual(unflushed.paths(), [FIRST], 'the segment behind the tear was dropped');
    assert.deepEqual(numbersOf(await readJournal(unflushed)), [1, 20]);

    disk.put(FIRST, tail);
    await journal.flush();
    writeRecord(journal, 4);
    disk.put(FIRST, tail.subarray(0, -3));
    const before = disk.content(second);
    assert.match((await readJournal(disk)).scanned.damage!.problem, /damaged at byte/);
    assert.deepEqual(disk.content(second), before);
  });
});

describe('a journal of an older version', () => {
  const older = HEADER.replace(/\.\d+\n$/, '.0\n');

  /** As it was left by a version that wrote an older header. */
  async function olderJournal(...numbers: number[]): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    for (const number of numbers) writeRecord(journal, number);
    journal.close();
    const content = Buffer.from(disk.content(FIRST)!);
    content.write(older);
    disk.put(FIRST, content);
    return disk;
  }

  it('is gone on with in a new segment, so that its own version refuses what it does not know', async () => {
    const disk = await olderJournal(1, 2);
    const journal = await openJournal(disk);
    writeRecord(journal, 3);
    await journal.flush();
    assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2, 3]);
    assert.ok(disk.content(FIRST)?.toString().startsWith(older));
    assert.ok(
      disk
        .content(`${FOLDER}/${segmentName(3)}`)
        ?.toString()
        .startsWith(HEADER),
    );
  });

  it('gets a new header when nothing is in it yet', async () => {
    const disk = await olderJournal();
    const journal = await openJournal(disk);
    writeRecord(journal, 1);
    await journal.flush();
    assert.deepEqual(numbersOf(await readJournal(disk)), [1]);
    assert.ok(disk.content(FIRST)?.toString().startsWith(HEADER));
  });
});

describe('a journal that does not fit', () => {
  it('is damaged when its first events are missing', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk, 10);
    writeRecord(journal, 11);
    assert.match((await readJournal(disk, 8)).scanned.damage!.problem, /Events 9 to 10 are missing/);
    assert.deepEqual(numbersOf(await readJournal(disk, 10)), [11]);
  });

  it('is damaged when a segment in the middle is missing', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    for (const number of [1, 2, 3]) {
      journal.rotate();
      writeRecord(journal, number);
      await journal.flush();
    }
    await disk.remove(`${FOLDER}/${segmentName(2)}`);
    const { damage } = (await readJournal(disk)).scanned;
    assert.match(damage!.problem, /Events 2 to 2 are missing/);
    assert.equal(damage!.index, 1);
  });

  for (const version of ['2.0', `1.${JOURNAL_VERSION.minor + 1}`]) {
    it(`is refused with both numbers when its version is ${version}, and not touched`, async () => {
      const disk = new MemoryDisk();
      const content = Buffer.from(`nightcrew-journal ${version}\n{"new":"format"}\n`);
      disk.put(FIRST, content);
      await assert.rejects(openJournal(disk), (error) => {
        assert.ok(error instanceof StoreError);
        const ours = `1.${JOURNAL_VERSION.minor}`;
        assert.match(error.message, new RegExp(`version ${version}; this Nightcrew reads version ${ours}`));
        assert.match(error.nextStep, /Update Nightcrew/);
        return true;
      });
      assert.deepEqual(disk.content(FIRST), content);
    });
  }

  it('is refused when it is something else', async () => {
    const disk = new MemoryDisk();
    disk.put(FIRST, Buffer.from('my notes\n'));
    await assert.rejects(openJournal(disk), /does not begin as a journal does/);
  });

  it('begins a new segment when the snapshot is ahead of it', async () => {
    const disk = new MemoryDisk();
    writeRecord(await openJournal(disk), 1);
    writeRecord(await openJournal(disk, 7), 8);
    assert.deepEqual(numbersOf(await readJournal(disk, 7)), [8]);
  });
});

describe('a power cut', () => {
  it('loses nothing that was flushed, and leaves a beginning of what was written', async () => {
    const actions = fc.array(
      fc.oneof(
        fc.constant('flush'),
        fc.constant('rotate'),
        fc.constant('restart'),
        fc.integer({ min: 1, max: 3 }),
      ),
      {
        minLength: 1,
        maxLength: 25,
      },
    );
    const dice = fc.infiniteStream(fc.boolean());
    await fc.assert(
      fc.asyncProperty(actions, dice, async (steps, chances) => {
        const disk = new MemoryDisk();
        let journal = await openJournal(disk);
        let written = 0;
        let flushed = 0;
        for (const step of steps) {
          if (step === 'flush') {
            await journal.flush();
            flushed = written;
          } else if (step === 'rotate') journal.rotate();
          else if (step === 'restart') journal = await openJournal(disk);
          else {
            const numbers = Array.from({ length: step as number }, () => ++written);
            writeRecord(journal, ...numbers);
          }
        }
        const found = disk.afterPowerCut(() => chances.next().value);
        const survivors = numbersOf(await readJournal(found));
        assert.ok(survivors.length >= flushed, `${survivors.length} of ${flushed} flushed events`);
        assert.deepEqual(
          survivors,
          Array.from({ length: survivors.length }, (_, index) => index + 1),
        );
        const successor = await openJournal(found);
        writeRecord(successor, survivors.length + 1);
        assert.equal(numbersOf(await readJournal(found)).length, survivors.length + 1);
      }),
      { numRuns: 300 },
    );
  });
});
