/**
 * The sweep: ends what is left of a workspace's workers when nobody holds them any more. A process is taken for one of
 * them by its identity, or by the marker in its environment; by its name or its number alone, never.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import { isMarkerOf } from './launch-marker.ts';
import { endTree, markedProcesses, type TreeRoot } from './process-tree.ts';

export interface LeftOvers {
  workspace: string;
  /** Workers known to be lost, by the identity that was recorded. */
  known: readonly TreeRoot[];
  /** Launches that a living keeper holds: nothing that carries these markers is touched. */
  held: ReadonlySet<string>;
  clock: Clock;
  /** Whether a folder is another one that still has a crew of its own. The records were copied from there with all else. */
  isOthers: (workspace: string) => boolean;
}

export interface Swept {
  /** Launches of which processes were found, also of workers that nobody knows any more. */
  launches: number;
  /** What could not be ended. */
  left: ProcessIdentity[];
}

export async function endLeftOvers({ workspace, known, held, clock, isOthers }: LeftOvers): Promise<Swept> {
  const roots = new Map(known.map((root) => [root.marker, root]));
  const found = new Set<string>();
  for (const { identity, worker, marker, workspace: theirs } of await markedProcesses()) {
    if (!isMarkerOf(workspace, marker)) {
      const claimed = [...roots.values()].find(({ leader }) => isDeepStrictEqual(leader, identity));
      if (claimed && theirs !== undefined && isOthers(theirs)) roots.delete(claimed.marker);
      continue;
    }
    if (held.has(marker)) continue;
    found.add(marker);
    if (!roots.has(marker)) roots.set(marker, { worker, marker, leader: identity });
  }
  const left = await Promise.all([...roots.values()].map((root) => endTree(root, clock)));
  return { launches: found.size, left: left.flat() };
}
