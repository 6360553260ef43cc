import type { PoolView, WorkerView } from '../../control/api.ts';
import { formatCount } from '../format/count.ts';
import { poolContextValue } from './context-value.ts';
import type { NodePresentation } from '../node-presentation.ts';
import { isAlive } from './worker-condition.ts';

export function presentPool(pool: PoolView, workers: readonly WorkerView[]): NodePresentation {
  const description = `${healthText(workers)} · ${formatCount(pool.counts.pending)} waiting`;
  return {
    id: `pool:${pool.name}`,
    label: pool.name,
    description,
    icon: 'server-process',
    contextValue: poolContextValue(workers),
    spoken: `pool ${pool.name}, ${description}`,
  };
}

/** `3/4 healthy`, of the workers that live; failed ones are told apart, since they are no part of the crew's strength. */
export function healthText(workers: readonly WorkerView[]): string {
  const alive = workers.filter(isAlive);
  const healthy = alive.filter((worker) => worker.healthy).length;
  const failed = workers.filter((worker) => worker.state === 'FAILED').length;
  const strength = alive.length === 0 ? 'no workers' : `${healthy}/${alive.length} healthy`;
  return failed === 0 ? strength : `${strength} · ${failed} failed`;
}
