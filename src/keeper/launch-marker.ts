/**
 * What every process of one launch of a worker carries in its environment: workspace, worker and launch. It is no
 * secret, and anybody who knows the workspace can tell from the environment alone whose process it is.
 */
import { createHash } from 'node:crypto';
import { LAUNCH_MARKER_VARIABLE, WORKER_ID_VARIABLE } from './contract.ts';

export function launchMarker(workspace: string, worker: string, launch: number): string {
  return `${workspacePart(workspace)}/${worker}/${launch}`;
}

export function keeperMarker(workspace: string): string {
  return workspacePart(workspace);
}

/** Whether it is of any launch of any worker of the workspace. */
export function isMarkerOf(workspace: string, marker: string): boolean {
  return marker.startsWith(`${workspacePart(workspace)}/`);
}

/**
 * The environment for a supervisor or a keeper. Started from within a worker, by a job that calls `nightcrew`, it would count
 * as a part of that worker's tree and be ended with it.
 */
export function withoutLaunch(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [WORKER_ID_VARIABLE]: _worker, [LAUNCH_MARKER_VARIABLE]: _marker, ...rest } = environment;
  return rest;
}

/** The real path, hashed: it may hold anything, and the environment of a process is read by its owner's tools. */
function workspacePart(workspace: string): string {
  return createHash('sha256').update(workspace).digest('hex').slice(0, 32);
}
