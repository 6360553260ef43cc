/** A journal without its projection, for the tests of what is on the disk. */
import type { JournalEvent } from '../../src/core/events.ts';
import type { FileSystem } from '../../src/store/file-system.ts';
import { scanJournal, type ScannedJournal } from '../../src/store/journal-scan.ts';
import type { Journal } from '../../src/store/journal.ts';
import type { JournalRecord } from '../../src/store/projection.ts';
import { resumeJournal } from '../../src/store/resume-journal.ts';
import { ManualClock } from '../manual-clock.ts';

export const FOLDER = '/state/journal';

export interface ReadJournal {
  scanned: ScannedJournal;
  records: JournalRecord[];
}

export async function readJournal(files: FileSystem, snapshotSequence = 0): Promise<ReadJournal> {
  const records: JournalRecord[] = [];
  const scanned = await scanJournal(files, FOLDER, snapshotSequence, (text) => {
    records.push(JSON.parse(text) as JournalRecord);
  });
  return { scanned, records };
}

/** Reads what is there and goes on with it, as a start does. */
export async function openJournal(files: FileSystem, snapshotSequence = 0): Promise<Journal> {
  const { scanned } = await readJournal(files, snapshotSequence);
  return resumeJournal(files, FOLDER, new ManualClock(), scanned);
}

/** An event that can be told from others. */
export function numbered(number: number): JournalEvent {
  return { type: 'job.cancelled', job: number, reason: `because of ${number}` };
}

/** Writes one record of these events. */
export function writeRecord(journal: Journal, ...numbers: number[]): void {
  for (const number of numbers) journal.append(numbered(number));
  journal.seal();
  journal.writeSealed();
}

/** The numbers of the events that were read. */
export function numbersOf({ records }: ReadJournal): number[] {
  return records.flatMap((record) => record.e.map((event) => (event as { job: number }).job));
}
