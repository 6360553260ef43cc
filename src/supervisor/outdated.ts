import { changedSinceLaunch } from '../core/launch-settings.ts';
import type { PoolSettings } from '../core/pool.ts';
import { isLive } from '../core/worker-state.ts';
import type { Worker } from './worker.ts';

/** The settings of its pool that a worker should be started again for; one that is to end gets them then, or needs none. */
export function outdatedSettings(worker: Worker, pool: PoolSettings | undefined): string | undefined {
  if (!isLive(worker.state) || worker.ending) return undefined;
  return changedSinceLaunch(worker.settings, pool);
}
