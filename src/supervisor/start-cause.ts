/** Why there was no supervisor when this one started, told by how the last one was left. */
import type { StartCause } from '../control/crew-state.ts';
import { isLive } from '../core/worker-state.ts';
import type { RestoredState } from '../store/restored-state.ts';

export function startCause(
  restored: Pick<RestoredState, 'lastSupervisor' | 'workers'>,
  state: { bootId: string; isEmpty: boolean; isTakenOver: boolean },
): StartCause {
  if (state.isEmpty) return 'new';
  if (state.isTakenOver) return 'taken-over';
  const { lastSupervisor: last, workers } = restored;
  if (!last) {
    // Of a version that did not record it: the workers tell.
    const live = workers.filter((worker) => isLive(worker.state));
    if (live.length === 0) return 'stopped';
    const ofThisBoot = live.some(({ process }) => process?.bootId === state.bootId);
    return ofThisBoot ? 'crashed' : 'rebooted';
  }
  if (last.ended === 'stopped' || last.ended === 'idle') return 'stopped';
  // One that left its workers to a successor which never came, because the machine went down.
  if (last.process.bootId !== state.bootId) return 'rebooted';
  return last.ended === 'replaced' ? 'handed-over' : 'crashed';
}
