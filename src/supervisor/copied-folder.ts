/** A workspace that was copied as a whole, with the records of processes that belong to the one it was copied from. */
import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a folder is another workspace than this one and has a state of its own. One that is gone was moved to here, and one
 * that is the same was only named otherwise: then their processes are ours.
 */
export function isOtherWorkspace(theirs: string, ours: string): boolean {
  const [there, here] = [theirs, ours].map((workspace) =>
    statSync(join(workspace, '.nightcrew'), { bigint: true, throwIfNoEntry: false }),
  );
  return there !== undefined && here !== undefined && (there.ino !== here.ino || there.dev !== here.dev);
}
