import type { WorkerView } from '../../control/api.ts';
import { formatByteSize } from '../../core/byte-size.ts';
import { formatPercent } from '../format/count.ts';
import { truncate } from '../format/parameters.ts';
import { workerContextValue } from './context-value.ts';
import type { NodePresentation } from '../node-presentation.ts';
import { conditionOf, type WorkerCondition } from './worker-condition.ts';

/** State is never told by colour alone: each condition has its own icon and its own word. */
export const CONDITION_ICONS: Record<WorkerCondition, { icon: string; color?: string }> = {
  starting: { icon: 'loading~spin', color: 'charts.blue' },
  working: { icon: 'play-circle', color: 'charts.green' },
  idle: { icon: 'pass', color: 'charts.green' },
  paused: { icon: 'debug-pause', color: 'charts.blue' },
  stalled: { icon: 'warning', color: 'charts.yellow' },
  unhealthy: { icon: 'warning', color: 'charts.orange' },
  draining: { icon: 'arrow-circle-down', color: 'charts.yellow' },
  failed: { icon: 'error', color: 'charts.red' },
  dead: { icon: 'circle-slash', color: 'disabledForeground' },
};

export function presentWorker(worker: WorkerView): NodePresentation {
  const condition = conditionOf(worker);
  const parts = [labelText(worker), ...statusParts(worker, condition), ...resourceParts(worker)].filter(
    Boolean,
  );
  return {
    id: `worker:${worker.id}`,
    label: worker.id,
    description: parts.join(' · '),
    ...CONDITION_ICONS[condition],
    contextValue: workerContextValue(worker),
    spoken: [worker.id, condition, ...parts.filter((part) => part !== condition)]
      .join(', ')
      .replace('#', 'job '),
  };
}

/** `ada / law`: the labels' values, since the researcher knows what they are labels of. */
export function labelText(worker: WorkerView): string {
  return Object.values(worker.labels).join(' / ');
}

function statusParts(worker: WorkerView, condition: WorkerCondition): string[] {
  if (condition === 'failed' || condition === 'dead') {
    return [condition, truncate(worker.lastError ?? worker.reason, 60)];
  }
  const job = worker.job ? [jobText(worker)] : [];
  return condition === 'working' ? job : [condition, ...job];
}

function jobText(worker: WorkerView): string {
  const fraction = worker.job?.progress?.fraction;
  const progress = fraction === undefined ? '' : ` ${formatPercent(fraction)}`;
  return `#${worker.job?.id}${progress}`;
}

function resourceParts(worker: WorkerView): string[] {
  const parts = [];
  if (worker.memory !== undefined) parts.push(formatByteSize(worker.memory));
  if (worker.cpu !== undefined) parts.push(`${Math.round(worker.cpu)} % CPU`);
  return parts;
}
