/**
 * `contextValue` as a set of flags, `worker+running+drainable+…`: a menu asks for the one flag it needs
 * (`viewItem =~ /\+drainable\b/`) and not for a list of states.
 */
import type { PoolView, WorkerView } from '../../control/crew-state.ts';
import { rampAbilitiesOf } from './ramp-abilities.ts';
import { abilitiesOf } from './worker-abilities.ts';

export function workerContextValue(worker: WorkerView): string {
  return ['worker', worker.state.toLowerCase(), ...abilitiesOf(worker)].join('+');
}

/** A pool can do what any of its workers can. */
export function poolContextValue(workers: readonly WorkerView[], pool?: PoolView): string {
  const abilities = new Set(workers.flatMap((worker) => [...abilitiesOf(worker)]));
  return ['pool', ...abilities, ...(pool ? rampAbilitiesOf(pool) : [])].join('+');
}
