/** What can be done to a worker now. The tree's menus, the quick picks and the dashboard's buttons all ask here. */
import type { WorkerView } from '../../control/crew-state.ts';
import { isAlive } from './worker-condition.ts';

export const WORKER_ABILITIES = [
  'drainable',
  'abortable',
  'restartable',
  'pausable',
  'resumable',
  'removable',
  'stoppable',
  'freezable',
  'continuable',
] as const;
export type WorkerAbility = (typeof WORKER_ABILITIES)[number];

export function abilitiesOf(worker: WorkerView): Set<WorkerAbility> {
  const abilities = new Set<WorkerAbility>(['restartable']);
  if (isAlive(worker)) abilities.add('abortable');
  else abilities.add('removable');
  if (worker.state === 'RUNNING' || worker.state === 'STARTING') {
    abilities.add('drainable');
    abilities.add(worker.paused ? 'resumable' : 'pausable');
  }
  if (isAlive(worker)) abilities.add('stoppable');
  if (worker.state === 'RUNNING' || worker.state === 'DRAINING')
    abilities.add(worker.frozen ? 'continuable' : 'freezable');
  return abilities;
}
