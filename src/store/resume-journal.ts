/** Makes a journal that has been read and judged ready for new events: the first moment at which files are changed. */
import type { Clock } from '../core/clock.ts';
import type { FileSystem } from './file-system.ts';
import type { ScannedJournal } from './journal-scan.ts';
import { Journal } from './journal.ts';
import { Segment } from './segment.ts';

/**
 * Segments behind a torn tail go first, the newest before the others, then the tail is cut: a crash in between leaves a shorter
 * torn tail. What an earlier process wrote may still be in memory only, so every segment that was read is flushed with the next
 * flush.
 */
export async function resumeJournal(
  files: FileSystem,
  folder: string,
  clock: Clock,
  scanned: ScannedJournal,
): Promise<Journal> {
  for (const segment of scanned.dropped.toReversed()) await files.remove(segment.path);
  const { kept, covered, lastSequence } = scanned;
  const goesOn = kept.length > 0 && scanned.reachesEnd;
  const ended = goesOn ? kept.slice(0, -1) : kept;
  const current = goesOn
    ? Segment.resume(files, kept.at(-1)!, scanned.end)
    : Segment.create(files, folder, lastSequence + 1);
  const retired = ended.slice(covered).map((segment) => Segment.reopen(files, segment));
  return new Journal(files, folder, clock, { lastSequence, ended, retired, current });
}
