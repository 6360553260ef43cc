/**
 * Whether a keeper holds workers of a workspace, wherever its record may be. The record is in the user's runtime folder, and
 * which that is follows from the environment: a terminal, a window and a cron job need not have the same. Who finds no record
 * must not take the workers for left-overs because of that.
 */
import type { ProcessIdentity } from '../core/worker.ts';
import { KEEPER_MARKER_VARIABLE } from './contract.ts';
import { isMarkerOf, keeperMarker } from './launch-marker.ts';
import { takeSnapshot } from './process-snapshot.ts';
import { processTable } from './process-table.ts';

/** The parent of a worker that lives, if that is a keeper of the workspace. Where no environment can be read: undefined. */
export async function holdingKeeper(workspace: string): Promise<ProcessIdentity | undefined> {
  const { bootId, processes, marked } = await takeSnapshot();
  const parents = new Set(
    marked.filter(({ marker }) => isMarkerOf(workspace, marker)).map(({ entry }) => entry.parent),
  );
  const environments = await processTable.environments([...parents]);
  const mark = `${KEEPER_MARKER_VARIABLE}=${keeperMarker(workspace)}`;
  const holder = processes.entries.find(
    ({ pid }) => parents.has(pid) && environments.get(pid)?.split('\0').includes(mark),
  );
  return holder && { pid: holder.pid, startTime: holder.startTime, bootId };
}
