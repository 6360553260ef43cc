import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BatchEnqueued, JournalEvent } from '../../src/core/events.ts';
import { encodeRecord, HEADER, recordText, segmentName } from '../../src/store/journal-format.ts';
import { collectCrashSites } from './crash-sites.ts';
import {
  checkJobs,
  DATABASE,
  events,
  FIRST,
  flip,
  JOURNAL,
  killedCrew,
  linesOf,
  readDatabase,
  recover,
} from './damaged-disk.ts';
import { Ledger } from './ledger.ts';
import { MemoryDisk } from './memory-disk.ts';
import { idle, openOn, write } from './scripted-life.ts';

describe('damage in the middle of the journal', () => {
  it('costs the events of the broken record and no other, for every record and many of its bytes', async (test) => {
    const { disk, count } = await killedCrew(24);
    const all = linesOf(disk.content(FIRST));
    const lines = all.filter((line) => line.first > 0 && line.first <= all.at(-1)!.flushed);
    assert.ok(lines.length > all.length - 5);
    let flips = 0;
    for (const [number, line] of lines.entries()) {
      const stride = Math.ceil((line.end - line.start) / 2);
      for (let offset = line.start + (number % stride); offset < line.end - 1; offset += stride) {
        const damaged = disk.copy();
        flip(damaged, FIRST, offset, 1 << (offset % 8));
        const before = damaged.content(FIRST);
        const name = `byte ${offset}, events ${line.first} to ${line.first + line.count - 1}`;
        const { damage, found } = await recover(damaged);
        flips++;
        assert.ok(damage, name);
        assert.equal(damage.lost, line.count, name);
        assert.equal(damage.salvaged + line.first - 1 + line.count, count, name);
        assert.match(damage.problems[0]!, new RegExp(`byte ${line.start} of ${FIRST}`));
        assert.deepEqual(damaged.content(`${damage.keptIn}/${segmentName(1)}`), before, name);
        assert.equal(found.lastSequence, count, name);
        checkJobs(found, count, line.first, line.count, name);
      }
    }
    test.diagnostic(`${flips} flips in ${lines.length} records`);
  });

  it('is over with the first start: the next one finds a sound folder and goes on', async () => {
    const { disk, count } = await killedCrew(24);
    const line = linesOf(disk.content(FIRST))[6]!;
    flip(disk, FIRST, line.start + 30);
    const { found } = await recover(disk);
    const session = await openOn(disk);
    assert.equal(session.store.recovery.damage, undefined);
    assert.equal(session.store.recovery.snapshotProblem, undefined);
    assert.equal(session.store.lastSequence, count);
    const restored = await session.store.query('restore', {});
    session.store.append({
      ...(events.find(({ type }) => type === 'batch.enqueued') as BatchEnqueued),
      batch: restored.nextBatch,
      firstJob: restored.nextJob,
    });
    await session.store.flush();
    await session.store.close();
    assert.ok(readDatabase(disk).jobs.length > found.jobs.length);

    // Also from the snapshot before, which still needs the damaged segment.
    flip(disk, DATABASE, disk.content(DATABASE).length >> 1, 0x10);
    disk.put(DATABASE, disk.content(DATABASE).fill(7, 0, 2000));
    const again = await recover(disk);
    assert.ok(again.found.jobs.length > found.jobs.length);
  });

  it('whose repair ends at any boundary is found and repaired by the next start', async (test) => {
    const { disk, count } = await killedCrew(12);
    const line = linesOf(disk.content(FIRST))[5]!;
    flip(disk, FIRST, line.start + 30);
    const { sites } = await collectCrashSites(disk, new Ledger(events), 0, async (files) => {
      const { store } = await openOn(files);
      await store.close();
    });
    for (const site of sites) {
      const { found } = await recover(site.disk);
      assert.equal(found.lastSequence, count, site.name);
      checkJobs(found, count, line.first, line.count, site.name);
    }
    test.diagnostic(`${sites.length} different remains`);
  });

  it('is a whole segment that is gone', async () => {
    const disk = new MemoryDisk();
    const session = await openOn(disk);
    const ledger = new Ledger(events);
    await write(session, ledger, 2);
    await idle(session);
    const from = session.store.lastSequence;
    await write(session, ledger, 2);
    await idle(session);
    const to = session.store.lastSequence;
    await write(session, ledger, 4);
    const count = session.store.lastSequence;
    const killed = disk.copy();
    await session.store.close();
    await killed.remove(`${JOURNAL}/${segmentName(from + 1)}`);
    killed.put(DATABASE, killed.content(DATABASE).fill(7));
    const { damage, found } = await recover(killed);
    assert.equal(damage!.lost, to - from);
    assert.match(damage!.problems[0]!, /nightcrew\.db cannot be used/);
    assert.match(damage!.problems[1]!, /Events \d+ to \d+ are missing/);
    assert.deepEqual(
      killed.content(`${damage!.keptIn}/nightcrew.db`),
      killed.content(`${damage!.keptIn}/nightcrew.db`).fill(7),
    );
    checkJobs(found, count, from + 1, to - from, 'the second segment');
  });

  it('costs nothing when it is in the header', async () => {
    const { disk, count } = await killedCrew(6);
    for (let offset = 0; offset < HEADER.length - 1; offset++) {
      const damaged = disk.copy();
      flip(damaged, FIRST, offset, 4);
      if (/^nightcrew-journal \d+\.\d+\n/.test(damaged.content(FIRST).toString('latin1'))) continue;
      const { damage, found } = await recover(damaged);
      assert.equal(damage!.lost, 0, `byte ${offset}`);
      assert.deepEqual(found.jobs, new Ledger(events).jobsAfter(count), `byte ${offset}`);
    }
  });
});

/** A journal as a bug would leave it: whole, and with an event that cannot be. */
function journalOf(all: readonly JournalEvent[]): MemoryDisk {
  const lines = all.map((event, index) => {
    const line = Buffer.alloc(1_000_000);
    return line.subarray(
      0,
      encodeRecord(recordText(index + 1, 1, index, 1_763_780_000_000, JSON.stringify(event)), line),
    );
  });
  const disk = new MemoryDisk();
  disk.put(FIRST, Buffer.concat([Buffer.from(HEADER), ...lines]));
  return disk;
}

describe('an event that is in the journal and does not fit', () => {
  it('is left out, told, and no obstacle for any later start', async () => {
    const impossible: JournalEvent[] = [
      {
        type: 'job.finished',
        job: 999,
        attempt: 1,
        outcome: 'done',
        next: 'done',
        startedAt: 1,
        finishedAt: 2,
      },
      { type: 'worker.paused', worker: 'nobody-1', paused: true },
      { type: 'batch.enqueued' } as JournalEvent,
      { type: 'of another age' } as unknown as JournalEvent,
      null as unknown as JournalEvent,
    ];
    const place = 30;
    for (const event of impossible) {
      const disk = journalOf([...events.slice(0, place), event, ...events.slice(place, 60)]);
      const { damage, found } = await recover(disk);
      assert.equal(damage?.skipped, 1, JSON.stringify(event));
      assert.equal(damage.lost, 0);
      checkJobs(found, 60, 0, 0, JSON.stringify(event));
      const account = JSON.parse(disk.content(`${damage.keptIn}/account.json`).toString()) as {
        skippedEvents: unknown[];
      };
      assert.equal(account.skippedEvents.length, 1);
      const { store } = await openOn(disk);
      assert.equal(store.recovery.damage, undefined, 'it is behind a snapshot');
      await store.close();
    }
  });
});
