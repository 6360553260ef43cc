import type { PoolView, WorkerView } from '../../control/crew-state.ts';
import { formatCount } from '../format/count.ts';
import { poolContextValue } from './context-value.ts';
import { strengthText } from './crew-strength.ts';
import type { NodePresentation } from '../node-presentation.ts';

export function presentPool(pool: PoolView, workers: readonly WorkerView[]): NodePresentation {
  const description = `${strengthText(workers)} · ${formatCount(pool.counts.pending)} waiting`;
  return {
    id: `pool:${pool.name}`,
    label: pool.name,
    description,
    icon: 'server-process',
    contextValue: poolContextValue(workers),
    spoken: `pool ${pool.name}, ${description}`,
  };
}
