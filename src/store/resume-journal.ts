/** Makes a journal that has been read and judged ready for new events: the first moment at which files are changed. */
import type { Clock } from '../core/clock.ts';
import type { FileSystem } from './file-system.ts';
import type { ScannedJournal } from './journal-scan.ts';
import { Journal } from './journal.ts';
import { Segment } from './segment.ts';

/**
 * Newest first, so that a crash in between leaves a shorter torn tail and no gap: first the segments behind the tail go, then
 * the tail is cut.
 */
export async function resumeJournal(
  files: FileSystem,
  folder: string,
  clock: Clock,
  scanned: ScannedJournal,
): Promise<Journal> {
  for (const segment of scanned.dropped.toReversed()) await files.remove(segment.path);
  const { kept, lastSequence } = scanned;
  const last = kept.at(-1);
  if (!last || !scanned.reachesEnd) {
    const current = Segment.create(files, folder, lastSequence + 1);
    return new Journal(files, folder, clock, lastSequence, kept, current);
  }
  const current = Segment.resume(files, last.path, last.first, scanned.end);
  return new Journal(files, folder, clock, lastSequence, kept.slice(0, -1), current);
}
