/** What a start may find after a crash: every boundary of the file layer, and at each what the disk may hold. */
import type { FileSystem } from '../../src/store/file-system.ts';
import { withBoundaries, type Boundary } from './boundaries.ts';
import type { Ledger } from './ledger.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { FOLDER, openOn, write } from './scripted-life.ts';

export interface CrashSite {
  name: string;
  disk: MemoryDisk;
  /** What had been promised when it came to this. */
  ledger: Ledger;
}

/** Pseudo-random numbers in [0, 1), the same for the same seed. */
export function dice(seed: number): () => number {
  let state = Math.imul(seed, 2654435761);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Lets `action` live on the disk and collects what would be found if it ended at each boundary. A crash behind a boundary is one
 * in front of the next, after all that was promised in between. What would be found twice is kept once.
 */
export async function collectCrashSites(
  disk: MemoryDisk,
  ledger: Ledger,
  seed: number,
  action: (files: FileSystem) => Promise<void>,
): Promise<{ sites: CrashSite[]; boundaries: Boundary[] }> {
  const sites = new Map<string, CrashSite>();
  const boundaries: Boundary[] = [];
  const reach = (boundary: Boundary): void => {
    const number = boundaries.push(boundary);
    const random = dice(seed + number);
    const found: [string, MemoryDisk][] = [
      ['killed', disk.copy()],
      ['power cut, what was not flushed is lost', disk.afterPowerCut(() => false)],
      ['power cut, what was not flushed is torn', disk.afterTear(random)],
      ['power cut, some pages were stored', disk.afterPowerCut(() => random() < 0.5)],
    ];
    for (const [kind, remains] of found) {
      const key = `${remains.fingerprint()} ${ledger.acknowledged}`;
      if (sites.has(key)) continue;
      const name = `boundary ${number} (${boundary.moment} ${boundary.step}), ${kind}`;
      sites.set(key, { name, disk: remains, ledger: ledger.copy() });
    }
  };
  await action(withBoundaries(disk, reach));
  return { sites: [...sites.values()], boundaries };
}

/** What was found good, here or in another life: the same remains with the same promises need no second look. */
const good = new Set<string>();

/** Opens what is left, compares it with the ledger, works on, and looks at the database that comes of it. */
export async function checkSite({ name, disk, ledger }: CrashSite): Promise<void> {
  const key = [disk.fingerprint(), ledger.acknowledged, ...ledger.recordEnds].join(' ');
  if (good.has(key)) return;
  try {
    const session = await openOn(disk);
    ledger.checkFound(session.store.lastSequence, session.store.recovery);
    await write(session, ledger, 1);
    const count = session.store.lastSequence;
    await session.store.close();
    ledger.checkDatabase(disk.content(`${FOLDER}/nightcrew.db`), count);
    good.add(key);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
