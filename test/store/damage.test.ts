import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BatchEnqueued, JournalEvent } from '../../src/core/events.ts';
import { StoreError, type DamageReport } from '../../src/store/contract.ts';
import { encodeRecord, HEADER, recordText, segmentName } from '../../src/store/journal-format.ts';
import { collectCrashSites } from './crash-sites.ts';
import { engine } from './dump.ts';
import { Ledger, type LedgerJob } from './ledger.ts';
import { MemoryDisk } from './memory-disk.ts';
import { FOLDER, idle, openOn, scriptedEvents, write } from './scripted-life.ts';

const DATABASE = `${FOLDER}/nightcrew.db`;
const JOURNAL = `${FOLDER}/journal`;
const FIRST = `${JOURNAL}/${segmentName(1)}`;
const events = scriptedEvents();

interface Line {
  start: number;
  end: number;
  /** Its first event, and how many there are; none in the header. */
  first: number;
  count: number;
  /** What it knows to have been flushed. */
  flushed: number;
}

function linesOf(content: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(10, start) + 1;
    const text = content.toString('latin1', start, end);
    const [, first, count, flushed] = /^.{9}\{"s":(\d+),"n":(\d+),"f":(\d+),/.exec(text) ?? [];
    lines.push({
      start,
      end,
      first: Number(first ?? 0),
      count: Number(count ?? 0),
      flushed: Number(flushed ?? 0),
    });
    start = end;
  }
  return lines;
}

/** A crew that was killed: all in one segment, nothing in a snapshot. */
async function killedCrew(records: number): Promise<{ disk: MemoryDisk; count: number }> {
  const disk = new MemoryDisk();
  const session = await openOn(disk);
  await write(session, new Ledger(events), records);
  await session.store.flush();
  const killed = disk.copy();
  const count = session.store.lastSequence;
  await session.store.close();
  return { disk: killed, count };
}

function flip(disk: MemoryDisk, path: string, offset: number, bit = 1): void {
  const content = disk.content(path);
  content[offset]! ^= bit;
  disk.put(path, content);
}

interface Found {
  jobs: LedgerJob[];
  nextJob: number;
  nextBatch: number;
  lastSequence: number;
}

function readDatabase(disk: MemoryDisk): Found {
  const database = new engine.Database(disk.content(DATABASE));
  try {
    const rows = (sql: string): number[][] => (database.exec(sql)[0]?.values ?? []) as number[][];
    assert.deepEqual(rows('PRAGMA integrity_check'), [['ok']]);
    assert.deepEqual(rows('PRAGMA foreign_key_check'), []);
    const [[lastSequence, nextJob, nextBatch]] = rows(
      'SELECT last_sequence, next_job, next_batch FROM meta',
    ) as [[number, number, number]];
    const jobs = rows('SELECT id, state, attempts, failures FROM jobs ORDER BY id').map(
      ([id, state, attempts, failures]) => ({ id, state, attempts, failures }) as unknown as LedgerJob,
    );
    return { jobs, nextJob, nextBatch, lastSequence };
  } finally {
    database.close();
  }
}

/** What must hold for the jobs when the events from `first` on, `count` of them, are lost out of `total`. */
function checkJobs(found: Found, total: number, first: number, count: number, name: string): void {
  const lost = (index: number): boolean => index + 1 >= first && index + 1 < first + count;
  const lived = events.slice(0, total);
  const expected = new Map(new Ledger(events).jobsAfter(total).map((job) => [job.id, job]));
  const lostJobs = new Set<number>();
  const touched = new Map<number, { survived: boolean; event: JournalEvent; attempt: number }>();
  for (const [index, event] of lived.entries()) {
    if (event.type === 'batch.enqueued') {
      assert.ok(found.nextBatch > event.batch && found.nextJob >= event.firstJob + event.count, name);
      for (let job = event.firstJob; lost(index) && job < event.firstJob + event.count; job++)
        lostJobs.add(job);
    } else if (
      event.type === 'job.claimed' ||
      event.type === 'job.finished' ||
      event.type === 'job.cancelled'
    ) {
      const attempt = 'attempt' in event ? event.attempt : 0;
      touched.set(event.job, { survived: !lost(index), event, attempt });
    }
  }
  const jobs = new Map(found.jobs.map((job) => [job.id, job]));
  for (const [id, should] of expected) {
    const job = jobs.get(id);
    if (lostJobs.has(id)) {
      assert.equal(job, undefined, `${name}: job ${id}`);
      continue;
    }
    assert.ok(job, `${name}: job ${id} is gone`);
    const last = touched.get(id);
    if (!last) assert.deepEqual(job, should, name);
    else if (last.survived && last.event.type !== 'job.claimed') {
      assert.equal(job.state, should.state, `${name}: job ${id}, of which the end is known`);
    }
    if (last?.survived) assert.ok(job.attempts >= last.attempt, `${name}: attempts of job ${id}`);
  }
}

async function recover(disk: MemoryDisk): Promise<{ damage: DamageReport | undefined; found: Found }> {
  const { store } = await openOn(disk);
  const { damage } = store.recovery;
  if (damage) assert.ok(disk.exists(DATABASE), 'a snapshot is there at once');
  await store.close();
  return { damage, found: readDatabase(disk) };
}

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
      assert.match(error.message, /has version (1\.)?9; this Nightcrew reads version 1(\.0)?\./);
      assert.match(error.nextStep, /Update Nightcrew/);
    });
  }

  function setVersion(disk: MemoryDisk, path: string): void {
    const content = disk.content(path);
    content.writeUInt32BE(9, 60); // SQLite's user_version
    disk.put(path, content);
  }
});
