/** Disks on which something is broken, and what must hold for what is recovered from them. */
import assert from 'node:assert/strict';
import type { JournalEvent } from '../../src/core/events.ts';
import type { DamageReport } from '../../src/store/contract.ts';
import { segmentName } from '../../src/store/journal-format.ts';
import { engine } from './dump.ts';
import { Ledger, type LedgerJob } from './ledger.ts';
import { MemoryDisk } from './memory-disk.ts';
import { FOLDER, openOn, scriptedEvents, write } from './scripted-life.ts';

export const DATABASE = `${FOLDER}/nightcrew.db`;
export const JOURNAL = `${FOLDER}/journal`;
export const FIRST = `${JOURNAL}/${segmentName(1)}`;
export const events = scriptedEvents();

export interface Line {
  start: number;
  end: number;
  /** Its first event, and how many there are; none in the header. */
  first: number;
  count: number;
  /** What it knows to have been flushed. */
  flushed: number;
}

export function linesOf(content: Buffer): Line[] {
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
export async function killedCrew(records: number): Promise<{ disk: MemoryDisk; count: number }> {
  const disk = new MemoryDisk();
  const session = await openOn(disk);
  await write(session, new Ledger(events), records);
  await session.store.flush();
  const killed = disk.copy();
  const count = session.store.lastSequence;
  await session.store.close();
  return { disk: killed, count };
}

export function flip(disk: MemoryDisk, path: string, offset: number, bit = 1): void {
  const content = disk.content(path);
  content[offset]! ^= bit;
  disk.put(path, content);
}

export interface Found {
  jobs: LedgerJob[];
  nextJob: number;
  nextBatch: number;
  lastSequence: number;
}

export function readDatabase(disk: MemoryDisk): Found {
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
export function checkJobs(found: Found, total: number, first: number, count: number, name: string): void {
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

export async function recover(disk: MemoryDisk): Promise<{ damage: DamageReport | undefined; found: Found }> {
  const { store } = await openOn(disk);
  const { damage } = store.recovery;
  if (damage) assert.ok(disk.exists(DATABASE), 'a snapshot is there at once');
  await store.close();
  return { damage, found: readDatabase(disk) };
}
