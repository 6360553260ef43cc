import type { PoolView, WorkerView } from '../../control/crew-state.ts';
import { formatCount } from '../format/count.ts';
import { poolContextValue } from './context-value.ts';
import { strengthText } from './crew-strength.ts';
import type { NodePresentation } from '../node-presentation.ts';

export function presentPool(pool: PoolView, workers: readonly WorkerView[]): NodePresentation {
  const description = `${strengthText(workers)} · ${formatCount(pool.counts.pending)} waiting${rampMark(pool)}`;
  return {
    id: `pool:${pool.name}`,
    label: pool.name,
    description,
    icon: 'server-process',
    contextValue: poolContextValue(workers, pool),
    spoken: `pool ${pool.name}, ${description}`,
  };
}

/** Behind the figures: how far its ramp is, for as long as it has a say. */
function rampMark({ ramp }: PoolView): string {
  if (ramp?.workers === undefined) return '';
  if (ramp.state === 'rolled-back') return ' · ramp rolled back';
  const step = `step ${ramp.step + 1} of ${ramp.steps.length}`;
  return ` · ramp ${ramp.state === 'paused' ? 'paused at ' : ''}${step}`;
}
