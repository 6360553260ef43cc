import type { WorkerView } from '../../control/crew-state.ts';
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
  frozen: { icon: 'lock', color: 'charts.blue' },
  stalled: { icon: 'warning', color: 'charts.yellow' },
  offline: { icon: 'debug-disconnect', color: 'charts.yellow' },
  stuck: { icon: 'watch', color: 'charts.orange' },
  unhealthy: { icon: 'pulse', color: 'charts.orange' },
  draining: { icon: 'arrow-circle-down', color: 'charts.yellow' },
  failed: { icon: 'error', color: 'charts.red' },
  dead: { icon: 'circle-slash', color: 'disabledForeground' },
};

export function presentWorker(worker: WorkerView): NodePresentation {
  const condition = conditionOf(worker);
  const written = [labelText(worker), ...statusParts(worker, condition, '#'), ...resourceParts(worker)];
  const spoken = [
    worker.id,
    condition,
    labelText(worker),
    ...jobParts(worker, 'job '),
    ...resourceParts(worker),
  ];
  if (hasEnded(condition)) spoken.push(endText(worker));
  return {
    id: `worker:${worker.id}`,
    label: worker.id,
    description: written.filter(Boolean).join(' · '),
    ...CONDITION_ICONS[condition],
    contextValue: workerContextValue(worker),
    spoken: spoken.filter(Boolean).join(', '),
  };
}

/** `ada / law`: the labels' values, since the researcher knows what they are labels of. */
export function labelText(worker: WorkerView): string {
  return Object.values(worker.labels).join(' / ');
}

/** The icon says "working" already; every other condition is worth a word. */
function statusParts(worker: WorkerView, condition: WorkerCondition, sign: string): string[] {
  if (hasEnded(condition)) return [condition, endText(worker)];
  return condition === 'working' ? jobParts(worker, sign) : [condition, ...jobParts(worker, sign)];
}

function hasEnded(condition: WorkerCondition): boolean {
  return condition === 'failed' || condition === 'dead';
}

function endText(worker: WorkerView): string {
  return truncate(worker.lastError ?? worker.reason, 60);
}

function jobParts({ job }: WorkerView, sign: string): string[] {
  if (!job) return [];
  const fraction = job.progress?.fraction;
  return [`${sign}${job.id}${fraction === undefined ? '' : ` ${formatPercent(fraction)}`}`];
}

function resourceParts(worker: WorkerView): string[] {
  const parts = [];
  if (worker.memory !== undefined) parts.push(formatByteSize(worker.memory));
  if (worker.cpu !== undefined) parts.push(`${Math.round(worker.cpu)} % CPU`);
  return parts;
}
