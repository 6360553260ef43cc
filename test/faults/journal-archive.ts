/**
 * Keeps every segment of the journal under a second name. The product removes what two snapshots cover; the checker wants
 * to read all that was ever written.
 */
import { linkSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosFolder } from './chaos-folder.ts';

/** Far more often than segments can come and go: each is kept until two snapshots cover it. Returns what ends it. */
export function keepArchiving(folder: ChaosFolder): () => void {
  const timer = setInterval(() => archiveJournal(folder), 20);
  return () => clearInterval(timer);
}

export function archiveJournal({ journal, archive }: ChaosFolder): void {
  for (const name of segments(journal)) {
    const [from, to] = [join(journal, name), join(archive, name)];
    try {
      const [segment, known] = [statSync(from), statSync(to, { throwIfNoEntry: false })];
      if (segment.ino === known?.ino) continue;
      // One that held nothing whole was dropped and begun anew under the same name.
      rmSync(to, { force: true });
      linkSync(from, to);
    } catch (error) {
      // Removed between the two looks; it was seen before, or held nothing for long.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

export function segments(journal: string): string[] {
  try {
    return readdirSync(journal)
      .filter((name) => name.endsWith('.log'))
      .sort();
  } catch {
    return [];
  }
}
