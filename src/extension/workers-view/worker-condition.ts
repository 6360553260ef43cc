/**
 * What a person wants to know of a worker first, in one word: its state, or the flag that matters more than its state.
 * Every face of the extension marks a worker by this, so that the tree and the dashboard never disagree.
 */
import type { WorkerView } from '../../control/crew-state.ts';

export type WorkerCondition =
  | 'starting'
  | 'working'
  | 'idle'
  | 'paused'
  | 'frozen'
  | 'stalled'
  | 'offline'
  | 'stuck'
  | 'unhealthy'
  | 'draining'
  | 'failed'
  | 'dead';

export function conditionOf(worker: WorkerView): WorkerCondition {
  switch (worker.state) {
    case 'STARTING':
      return 'starting';
    case 'FAILED':
      return 'failed';
    case 'DEAD':
      return 'dead';
    case 'DRAINING':
      return unwellness(worker) ?? 'draining';
    case 'RUNNING': {
      const unwell = unwellness(worker);
      if (unwell) return unwell;
      if (worker.paused) return 'paused';
      if (!worker.healthy) return 'unhealthy';
      return worker.job ? 'working' : 'idle';
    }
  }
}

/** Why nothing comes of it, the one that explains most first: who is frozen says nothing, and who says nothing tells of no progress. */
function unwellness(worker: WorkerView): WorkerCondition | undefined {
  if (worker.frozen) return 'frozen';
  if (worker.offline) return 'offline';
  if (worker.stalled) return 'stalled';
  return worker.stuck === undefined ? undefined : 'stuck';
}

/** Whether its process is thought to exist, so that a command can still reach it. */
export function isAlive(worker: WorkerView): boolean {
  return worker.state === 'STARTING' || worker.state === 'RUNNING' || worker.state === 'DRAINING';
}
