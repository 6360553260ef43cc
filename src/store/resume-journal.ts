/** Makes a journal that has been read and judged ready for new events: the first moment at which files are changed. */
import type { Clock } from '../core/clock.ts';
import type { FileSystem } from './file-system.ts';
import type { ScannedJournal } from './journal-scan.ts';
import { Journal } from './journal.ts';
import { Segment } from './segment.ts';

/**
 * Segments behind a torn tail go first, the newest before the others, then the tail is cut: a crash in between leaves a shorter
 * torn tail. A damaged journal stays as it is until snapshots cover it, and is gone on with in a new segment. What an earlier process wrote may still be in memory only, so every segment that was read is flushed with the next
 * flush.
 */
export async function resumeJournal(
  files: FileSystem,
  folder: string,
  clock: Clock,
  scanned: ScannedJournal,
): Promise<Journal> {
  for (const segment of scanned.dropped.toReversed()) await files.remove(segment.path);
  const { covered, lastSequence, snapshotSequence } = scanned;
  // Only damaged segments of which nothing could be read have numbers that are still to come. They were kept aside.
  const unread = scanned.reachesEnd ? [] : scanned.kept.filter(({ first }) => first > lastSequence);
  for (const segment of unread) await files.remove(segment.path);
  const kept = scanned.kept.slice(0, scanned.kept.length - unread.length);
  const last = kept.at(-1);
  // One without a record gets a new header.
  const renewed = scanned.outdated && last?.first === lastSequence + 1;
  const goesOn = last !== undefined && scanned.reachesEnd && (!scanned.outdated || renewed);
  const ended = goesOn ? kept.slice(0, -1) : kept;
  const current = goesOn
    ? Segment.resume(files, last, renewed ? 0 : scanned.end)
    : Segment.create(files, folder, lastSequence + 1);
  const retired = ended.slice(covered).map((segment) => Segment.reopen(files, segment));
  return new Journal(files, folder, clock, {
    lastSequence,
    flushedSequence: snapshotSequence,
    ended,
    retired,
    current,
  });
}
