/** Which workers a selection means. */
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { Selection } from '../control/selection.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';

/** One that is meant; a named one that does not exist has a problem in its place. */
type Found =
  { id: string; worker: Worker; problem?: never } | { id: string; worker?: never; problem: string };

/** Each worker once, those that were named in their order. Throws ControlError when a pool does not exist. */
export function findWorkers(selection: Selection, roster: Roster, pools: PoolRegister): Found[] {
  if (!('workers' in selection)) {
    return selectWorkers(selection, roster, pools).map((worker) => ({ id: worker.id, worker }));
  }
  return [...new Set(selection.workers)].map((id) => {
    const worker = roster.get(id);
    return worker ? { id, worker } : { id, problem: `does not exist; ${knownWorkers(roster)}` };
  });
}

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
  const known = knownWorkers(roster);
  throw new ControlError(ControlErrorCode.notFound, `There is no worker ${id}.`, {
    place: id,
    nextStep: `${known[0]!.toUpperCase()}${known.slice(1)}.`,
  });
}

function knownWorkers(roster: Roster): string {
  const known = [...roster.all].map((other) => other.id);
  return known.length > 0 ? `workers: ${shorten(known)}` : 'there are no workers; add one to a pool';
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
