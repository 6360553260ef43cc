/** Which workers a selection means. */
import { ControlError, ControlErrorCode, type Selection } from '../control/api.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';

/** Throws ControlError when a named worker or pool does not exist; a filter may match none. */
export function selectWorkers(selection: Selection, roster: Roster, pools: PoolRegister): Worker[] {
  if ('workers' in selection) return selection.workers.map((id) => requireWorker(id, roster));
  if ('pool' in selection) {
    if (!pools.settings(selection.pool) && roster.ofPool(selection.pool).length === 0) {
      throw unknownPool(selection.pool, pools);
    }
    return [...roster.ofPool(selection.pool)];
  }
  if ('labels' in selection) {
    const wanted = Object.entries(selection.labels);
    return [...roster.all].filter((worker) => wanted.every(([name, value]) => worker.labels[name] === value));
  }
  if ('all' in selection) return [...roster.all];
  throw new ControlError(ControlErrorCode.badInput, 'The selection names no workers.', {
    nextStep: 'Give workers, a pool, labels or all.',
  });
}

export function requireWorker(id: string, roster: Roster): Worker {
  const worker = roster.get(id);
  if (worker) return worker;
  const known = [...roster.all].map((other) => other.id);
  throw new ControlError(ControlErrorCode.notFound, `There is no worker ${id}.`, {
    place: id,
    nextStep: known.length > 0 ? `Workers: ${shorten(known)}.` : 'There are no workers; add one to a pool.',
  });
}

export function unknownPool(name: string, pools: PoolRegister): ControlError {
  const known = [...pools.all].map((pool) => pool.name);
  return new ControlError(ControlErrorCode.notFound, `There is no pool ${name}.`, {
    place: name,
    nextStep: known.length > 0 ? `Pools: ${shorten(known)}.` : 'Describe one in nightcrew.yaml.',
  });
}

function shorten(names: string[]): string {
  return names.length > 12
    ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`
    : names.join(', ');
}
