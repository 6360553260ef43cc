/** How far a pool is from what the crew file asks for: whom `up` starts, and who is more than anybody wants. */
import { matrixEntry, matrixSize } from './matrix.ts';
import type { PoolSettings } from './pool.ts';
import { isLive } from './worker-state.ts';
import type { Labels, WorkerState } from './worker.ts';

interface Member {
  state: WorkerState;
  labels: Labels;
}

export interface PoolStrength<AMember> {
  live: AMember[];
  /** Ended ones that are wanted: they are started again under their ids before new ones are made. */
  ended: AMember[];
  /** Labels of workers to be made beside those. */
  missing: Labels[];
  /** Ended ones that nobody wants. Those that live are kept, however many. */
  surplus: AMember[];
}

/** With labels, each combination wants one worker of its own; without, any worker counts. */
export function strengthOf<AMember extends Member>(
  pool: Pick<PoolSettings, 'workers' | 'labels'>,
  members: readonly AMember[],
): PoolStrength<AMember> {
  const live = members.filter(({ state }) => isLive(state));
  const surplus = members.filter(({ state }) => !isLive(state));
  const ended: AMember[] = [];
  const missing: Labels[] = [];
  const want = (labels: Labels, fits: (member: AMember) => boolean): void => {
    const index = surplus.findIndex(fits);
    if (index >= 0) ended.push(...surplus.splice(index, 1));
    else missing.push(labels);
  };
  if (pool.labels) {
    // Fewer while a ramp holds it back: the first ones.
    for (let index = 0; index < Math.min(matrixSize(pool.labels), pool.workers); index++) {
      const labels = asLabels(matrixEntry(pool.labels, index));
      const fits = (member: AMember): boolean => sameLabels(member.labels, labels);
      if (!live.some(fits)) want(labels, fits);
    }
  } else {
    for (let count = live.length; count < pool.workers; count++) want({}, () => true);
  }
  return { live, ended, missing, surplus };
}

function asLabels(entry: Record<string, unknown>): Labels {
  return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, String(value)]));
}

function sameLabels(left: Labels, right: Labels): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
