import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StoreError } from '../../src/store/store-error.ts';
import { segmentName } from '../../src/store/journal-format.ts';
import { MAXIMUM_RECORD_LENGTH } from '../../src/store/journal.ts';
import { failingFiles, type Fault } from './failing-files.ts';
import { FOLDER, numbered, numbersOf, openJournal, readJournal, writeRecord } from './journal-folder.ts';
import { MemoryDisk } from './memory-disk.ts';

const FIRST = `${FOLDER}/${segmentName(1)}`;

/** A journal on a disk that can be made to fail. */
async function openFragile(): Promise<{
  disk: MemoryDisk;
  journal: Awaited<ReturnType<typeof openJournal>>;
  failWith: (fault: Fault | undefined) => void;
}> {
  const disk = new MemoryDisk();
  let fault: Fault | undefined;
  const journal = await openJournal(failingFiles(disk, (step, path) => fault?.(step, path)));
  return { disk, journal, failWith: (next) => (fault = next) };
}

describe('a write that fails', () => {
  for (const code of ['ENOSPC', 'EIO']) {
    it(`says what to do (${code}), keeps the events, and the next write succeeds`, async () => {
      const { disk, journal, failWith } = await openFragile();
      writeRecord(journal, 1);
      const before = disk.content(FIRST);

      failWith((step) => (step === 'write' ? code : undefined));
      assert.throws(
        () => writeRecord(journal, 2, 3),
        (error) => {
          assert.ok(error instanceof StoreError);
          assert.equal(error.file, FIRST);
          assert.notEqual(error.nextStep, '');
          return true;
        },
      );
      assert.deepEqual(disk.content(FIRST), before);

      failWith(undefined);
      writeRecord(journal, 4);
      assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2, 3, 4]);
    });
  }

  it('leaves no half record behind when the disk takes only a part of it', async () => {
    const { disk, journal, failWith } = await openFragile();
    writeRecord(journal, 1);
    const before = disk.content(FIRST);
    let writes = 0;
    failWith((step) => (step === 'write' ? (writes++ === 0 ? 'SHORT' : 'ENOSPC') : undefined));
    assert.throws(() => writeRecord(journal, 2), StoreError);
    assert.deepEqual(disk.content(FIRST), before);
  });

  it('goes on with the rest when a write is short and the next one is not', async () => {
    const { disk, journal, failWith } = await openFragile();
    failWith((step) => (step === 'write' ? 'SHORT' : undefined));
    writeRecord(journal, 1);
    failWith(undefined);
    assert.deepEqual(numbersOf(await readJournal(disk)), [1]);
  });

  it('trims later when even trimming fails', async () => {
    const { disk, journal, failWith } = await openFragile();
    writeRecord(journal, 1);
    let writes = 0;
    failWith((step) => (step === 'truncate' ? 'EIO' : step === 'write' && writes++ > 0 ? 'EIO' : 'SHORT'));
    assert.throws(() => writeRecord(journal, 2), StoreError);
    assert.deepEqual(numbersOf(await readJournal(disk.copy())), [1], 'a start in between cuts it off');
    failWith(undefined);
    writeRecord(journal, 3);
    assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2, 3]);
  });

  it('never loses or doubles an event, whichever writes fail', async () => {
    const outcomes = fc.array(fc.constantFrom('ok', 'SHORT', 'ENOSPC', 'EIO'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        outcomes,
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 10 }),
        async (dice, sizes) => {
          const { disk, journal, failWith } = await openFragile();
          failWith((step) => {
            const outcome = step === 'write' || step === 'truncate' ? dice.shift() : undefined;
            if (outcome === 'ok' || (step === 'truncate' && outcome === 'SHORT')) return undefined;
            return outcome;
          });
          let last = 0;
          for (const size of sizes) {
            try {
              writeRecord(journal, ...Array.from({ length: size }, () => ++last));
            } catch (error) {
              assert.ok(error instanceof StoreError);
            }
          }
          failWith(undefined);
          journal.writeSealed();
          assert.deepEqual(
            numbersOf(await readJournal(disk)),
            Array.from({ length: last }, (_, index) => index + 1),
          );
        },
      ),
    );
  });
});

describe('a record that somebody asks for', () => {
  it('is written behind what was appended before', async () => {
    const { disk, journal } = await openFragile();
    journal.append(numbered(1));
    journal.seal();
    const { stamp } = journal.record([numbered(2), numbered(3)]);
    assert.equal(stamp.sequence, 2);
    writeRecord(journal, 4);
    assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2, 3, 4]);
  });

  it('takes one write together with what was appended before', async () => {
    const { journal, failWith } = await openFragile();
    journal.append(numbered(1));
    journal.seal();
    let writes = 0;
    failWith((step) => void (step === 'write' && writes++));
    journal.record([numbered(2)]);
    assert.equal(writes, 1);
  });

  it('never was when the disk refuses it, while what was appended before is kept', async () => {
    const { disk, journal, failWith } = await openFragile();
    journal.append(numbered(1));
    journal.seal();
    failWith((step) => (step === 'write' ? 'ENOSPC' : undefined));
    assert.throws(() => journal.record([numbered(2)]), StoreError);
    assert.equal(journal.lastSequence, 1);
    assert.ok(journal.unwritten > 0);
    // Room for the first alone, and not for both.
    let writes = 0;
    failWith((step) => (step === 'write' && writes++ !== 1 ? 'ENOSPC' : undefined));
    assert.throws(() => journal.record([numbered(3)]), StoreError);
    assert.equal(journal.unwritten, 0);
    failWith(undefined);
    writeRecord(journal, 4);
    assert.deepEqual(numbersOf(await readJournal(disk)), [1, 4]);
  });
});

describe('a flush', () => {
  it('is one for all who come while another is under way', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    writeRecord(journal, 0);
    await journal.flush();
    disk.flushes = 0;
    disk.held = [];
    const flushes: Promise<void>[] = [];
    for (let number = 1; number <= 100; number++) {
      writeRecord(journal, number);
      flushes.push(journal.flush());
    }
    assert.equal(disk.flushes, 1, 'the first caller does not wait for others');
    disk.held.shift()!();
    await flushes[0];
    assert.equal(disk.flushes, 2);
    disk.held.shift()!();
    await Promise.all(flushes);
    assert.equal(disk.flushes, 2);
  });

  it('costs nothing when nothing was written', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    writeRecord(journal, 1);
    await journal.flush();
    disk.flushes = 0;
    await journal.flush();
    assert.equal(disk.flushes, 0);
  });

  it('brings a segment that has ended to the disk, too', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    writeRecord(journal, 1);
    journal.rotate();
    writeRecord(journal, 2);
    await journal.flush();
    assert.deepEqual(numbersOf(await readJournal(disk.afterPowerCut(() => false))), [1, 2]);
  });

  it('that fails is final: the kernel may have forgotten what it could not store', async () => {
    const { journal, failWith } = await openFragile();
    writeRecord(journal, 1);
    failWith((step) => (step === 'flushFile' ? 'EIO' : undefined));
    const waiters = await Promise.allSettled([journal.flush(), journal.flush()]);
    for (const waiter of waiters) assert.equal(waiter.status, 'rejected');
    failWith(undefined);
    assert.throws(() => journal.append(numbered(2)), StoreError);
    assert.throws(() => journal.writeSealed(), StoreError);
    await assert.rejects(journal.flush(), StoreError);
  });
});

describe('a segment', () => {
  it('that cannot begin leaves the journal where it was', async () => {
    const { disk, journal, failWith } = await openFragile();
    writeRecord(journal, 1);
    for (const failing of ['create', 'write']) {
      failWith((step) => (step === failing ? 'ENOSPC' : undefined));
      assert.throws(() => journal.rotate(), StoreError);
    }
    failWith(undefined);
    writeRecord(journal, 2);
    assert.deepEqual(numbersOf(await readJournal(disk)), [1, 2]);
  });

  it('goes only when what is asked to stay does not need it', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(disk);
    for (const number of [1, 2, 3]) {
      writeRecord(journal, number);
      journal.rotate();
    }
    const firsts = (): string[] => disk.paths().map((path) => path.slice(-5, -4));
    await journal.removeThrough(0);
    assert.deepEqual(firsts(), ['1', '2', '3', '4']);
    await journal.removeThrough(2);
    assert.deepEqual(firsts(), ['3', '4']);
    await journal.removeThrough(99);
    assert.deepEqual(firsts(), ['4'], 'the one that is written to stays');
  });
});

describe('an event', () => {
  it('that is too large is refused before it is part of the order', async () => {
    const journal = await openJournal(new MemoryDisk());
    const reason = 'x'.repeat(MAXIMUM_RECORD_LENGTH);
    assert.throws(
      () => journal.append({ type: 'job.cancelled', job: 1, reason }),
      (error) => error instanceof StoreError && /several batches/.test(error.nextStep),
    );
    assert.equal(journal.lastSequence, 0);
    assert.deepEqual(journal.append(numbered(1)), { sequence: 1, at: 1_763_780_000_000 });
  });
});
