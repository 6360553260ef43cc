/**
 * The Queue view as plain data: pools with their counts, their batches and the newest failures. Never one row for each
 * queued job: a queue may hold a million, and a tree of a hundred thousand rows stops VS Code.
 */
import type { BatchRow, JobCounts } from '../../core/job-records.ts';
import type { CrewState, PoolView } from '../../control/crew-state.ts';
import { quantity } from '../../core/quantity.ts';
import { formatCount } from '../format/count.ts';
import { formatDuration } from '../../core/duration.ts';
import { formatParameters, truncate } from '../format/parameters.ts';
import type { NodePresentation } from '../node-presentation.ts';
import type { FailedJob } from './recent-failures.ts';

export interface QueueNode extends NodePresentation {
  children: QueueNode[];
  tooltip?: string;
  /** The job, batch or pool that a command on the node is about. */
  job?: number;
  batch?: number;
  pool?: string;
}

/** What a menu asks of a pool or a batch, `queue+unfinished+failures`. */
export const QUEUE_FLAGS = ['unfinished', 'failures'] as const;

/** Finished batches shown for each pool; the newest ones. Unfinished ones are all shown. */
const FINISHED_BATCHES_SHOWN = 5;

export function queueNodes(crew: CrewState, failures: readonly FailedJob[]): QueueNode[] {
  const pools = crew.pools.map((pool) => poolNode(pool, crew));
  if (failures.length > 0) pools.push(failuresNode(failures));
  return pools;
}

function poolNode(pool: PoolView, crew: CrewState): QueueNode {
  const description = poolDescription(pool);
  const children = [
    ...shownBatches(crew.batches, pool.name).map(batchNode),
    ...countNodes(`queue:${pool.name}`, pool),
  ];
  return {
    // VS Code keeps a node closed that was once drawn without children: with the first ones it is another node.
    id: children.length === 0 ? `queue:${pool.name}:empty` : `queue:${pool.name}`,
    label: pool.name,
    description,
    icon: 'layers',
    contextValue: flagged('queue', pool.counts),
    spoken: `pool ${pool.name}, ${description}`,
    pool: pool.name,
    children,
  };
}

function flagged(kind: 'queue' | 'batch', { pending, running, failed }: JobCounts): string {
  const holds = { unfinished: pending + running > 0, failures: failed > 0 };
  return [kind, ...QUEUE_FLAGS.filter((flag) => holds[flag])].join('+');
}

function poolDescription({ counts, etaSeconds }: PoolView): string {
  const open = counts.pending + counts.running;
  if (open === 0) return counts.done + counts.failed === 0 ? 'empty' : 'all done';
  const left = etaSeconds === undefined ? '' : ` · ${formatDuration(etaSeconds)} left`;
  return `${formatCount(open)} to do${left}`;
}

const COUNTS: {
  state: keyof JobCounts;
  label: string;
  icon: string;
  color?: string;
  exceptional?: boolean;
}[] = [
  { state: 'pending', label: 'Waiting', icon: 'clockface' },
  { state: 'running', label: 'Running', icon: 'play', color: 'charts.blue' },
  { state: 'done', label: 'Done', icon: 'check', color: 'charts.green' },
  { state: 'failed', label: 'Failed', icon: 'error', color: 'charts.red', exceptional: true },
  {
    state: 'cancelled',
    label: 'Cancelled',
    icon: 'circle-slash',
    color: 'disabledForeground',
    exceptional: true,
  },
];

function countNodes(parent: string, pool: PoolView): QueueNode[] {
  const isEmpty = Object.values(pool.counts).every((count) => count === 0);
  const shown = COUNTS.filter(
    ({ state, exceptional }) => !isEmpty && (!exceptional || pool.counts[state] > 0),
  );
  return shown.map(({ state, label, icon, color }) => ({
    id: `${parent}:${state}`,
    label,
    description: formatCount(pool.counts[state]),
    icon,
    ...(color === undefined ? {} : { color }),
    contextValue: `count+${state}`,
    spoken: `${pool.name}: ${formatCount(pool.counts[state])} ${label.toLowerCase()}`,
    pool: pool.name,
    children: [],
  }));
}

function shownBatches(batches: BatchRow[], pool: string): BatchRow[] {
  const newestFirst = batches.filter((batch) => batch.pool === pool).sort((one, other) => other.id - one.id);
  const finished = newestFirst.filter(isFinished).slice(0, FINISHED_BATCHES_SHOWN);
  return newestFirst.filter((batch) => !isFinished(batch) || finished.includes(batch));
}

function isFinished(batch: BatchRow): boolean {
  return batch.counts.pending + batch.counts.running === 0;
}

function batchNode(batch: BatchRow): QueueNode {
  const { failed, cancelled } = batch.counts;
  const description = [
    batchProgressText(batch),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${formatCount(cancelled)} cancelled`] : []),
  ].join(' · ');
  return {
    id: `batch:${batch.id}`,
    label: labelOf(batch),
    description,
    ...batchIcon(batch),
    contextValue: flagged('batch', batch.counts),
    spoken: `batch ${batch.name}, ${description}`,
    batch: batch.id,
    tooltip: `Batch ${batch.id}: ${quantity(batch.count, 'job')} of task ${batch.task}, enqueued ${new Date(batch.enqueuedAt).toLocaleString()}`,
    children: [],
  };
}

/** A batch that was given no name is named after its pool and the time; under its pool the time is enough. */
function labelOf({ name, pool }: BatchRow): string {
  return name.startsWith(`${pool} `) ? name.slice(pool.length + 1) : name;
}

/** `212 of 600 done`. */
export function batchProgressText(batch: BatchRow): string {
  return `${formatCount(batch.counts.done)} of ${formatCount(batch.count)} done`;
}

function batchIcon(batch: BatchRow): { icon: string; color?: string } {
  if (!isFinished(batch)) return { icon: 'pie-chart', color: 'charts.blue' };
  if (batch.counts.failed > 0) return { icon: 'warning', color: 'charts.yellow' };
  return { icon: 'pass-filled', color: 'charts.green' };
}

function failuresNode(failures: readonly FailedJob[]): QueueNode {
  return {
    id: 'failures',
    label: 'Recent Failures',
    icon: 'error',
    color: 'charts.red',
    contextValue: 'failures',
    spoken: `${failures.length} recent failures`,
    children: failures.map(failureNode),
  };
}

function failureNode({ id, batchName, parameters, reason, traceback, worker }: FailedJob): QueueNode {
  return {
    id: `failure:${id}`,
    label: `${batchName} #${id}`,
    description: truncate(reason, 80),
    icon: 'error',
    color: 'charts.red',
    contextValue: 'job+failed',
    spoken: `job ${id} of ${batchName} failed: ${reason}`,
    job: id,
    tooltip: [
      `Job ${id} failed${worker === undefined ? '' : ` on ${worker}`}`,
      formatParameters(parameters, 400),
      traceback?.trimEnd() ?? reason,
    ].join('\n\n'),
    children: [],
  };
}
