/** Whether a worker that has ended is dropped from the list by itself. */
import { isLive } from './worker-state.ts';
import type { WorkerState } from './worker.ts';

export interface EndedWorker {
  state: WorkerState;
  /** When it ended, and now: milliseconds since 1970, because its age goes on over supervisors. */
  since: number;
  now: number;
  /** Seconds it is kept to be looked at. */
  age: number;
  /** Whether the crew file wants it: then `up` starts it again, and a failed one is shown as long as it is missing. */
  isWanted: boolean;
  /** When it is started again by itself, if it is; milliseconds since 1970. */
  restartDue?: number | undefined;
}

export function isToBeRemoved({ state, since, now, age, isWanted, restartDue }: EndedWorker): boolean {
  if (isLive(state) || isWanted) return false;
  // One that is tried again within the time that it would be kept is not given up.
  if (restartDue !== undefined && restartDue - now <= age * 1000) return false;
  return now - since > age * 1000;
}
