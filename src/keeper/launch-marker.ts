/**
 * What every process of one launch of a worker carries in its environment: workspace, worker and launch. It is no
 * secret, and anybody who knows the workspace can tell from the environment alone whose process it is.
 */
import { createHash } from 'node:crypto';

export function launchMarker(workspace: string, worker: string, launch: number): string {
  return `${workspacePart(workspace)}/${worker}/${launch}`;
}

/** Whether it is of any launch of any worker of the workspace. */
export function isMarkerOf(workspace: string, marker: string): boolean {
  return marker.startsWith(`${workspacePart(workspace)}/`);
}

/** The real path, hashed: it may hold anything, and the environment of a process is read by its owner's tools. */
function workspacePart(workspace: string): string {
  return createHash('sha256').update(workspace).digest('hex').slice(0, 32);
}
