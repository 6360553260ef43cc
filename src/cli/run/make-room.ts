/** Workers of a run that have nothing left to do, while others of it wait for the room that they hold. */
import type { CrewState } from '../../control/crew-state.ts';
import type { WorkerId } from '../../core/worker.ts';
import type { RunProgress } from './run-progress.ts';

/** Those to drain: idle, of a pool without a job, while a pool of the run has nobody but workers that wait for room. */
export function dispensableWorkers(state: CrewState, { waiting }: RunProgress): WorkerId[] {
  if (waiting.length === 0) return [];
  const atWork = new Set(
    state.pools.filter(({ counts }) => counts.pending + counts.running > 0).map(({ name }) => name),
  );
  return state.workers
    .filter(({ state, job, pool }) => state === 'RUNNING' && !job && !atWork.has(pool))
    .map(({ id }) => id);
}
