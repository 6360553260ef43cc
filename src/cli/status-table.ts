/** The crew as tables: machine, pools, workers and the batches that are not finished. */
import type { JobCounts } from '../core/job-records.ts';
import type { CrewFileProblem } from '../core/crew-file.ts';
import type { BatchView, CrewState, PoolView, WorkerView } from '../control/crew-state.ts';
import { formatByteSize } from '../core/byte-size.ts';
import { formatDuration } from '../core/duration.ts';
import { isLive } from '../core/worker-state.ts';
import { quantity } from '../core/quantity.ts';
import { labelsText, parametersText, percentText, rateText } from './job-text.ts';
import { plainText } from './plain-text.ts';
import { startLines } from './start-lines.ts';
import { renderTable, type Cell, type Column, type TableLayout } from './table.ts';
import type { Colors } from './terminal.ts';
import { outdatedLines } from './outdated-lines.ts';
import { rampLines } from './ramp-lines.ts';
import { troubleLines } from './trouble-lines.ts';

/** Ended jobs; an ETA from fewer is a rough one. */
const FEW_ENDED = 10;

export interface StatusLayout {
  colors: Colors;
  /** Of the terminal; undefined: nothing is cut. */
  width?: number | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** The lines of `nightcrew status`. */
export function renderStatus(state: CrewState, layout: StatusLayout): string[] {
  const { colors, width } = layout;
  const table: TableLayout = { width, titleStyle: colors.dim };
  return [
    headline(state, layout),
    ...troubleLines(state.troubles, colors),
    ...startLines(state, colors),
    ...problemLines(state, colors),
    ...section(renderPools(state, table), 'No pools: describe one in nightcrew.yaml.'),
    ...rampLines(state.pools, colors),
    ...section(renderWorkers(state.workers, layout), 'No workers: `nightcrew up` starts them.'),
    ...outdatedLines(state.workers, colors),
    ...renderUnfinished(state.batches, table),
  ];
}

function headline({ server, machine }: CrewState, { colors, now }: StatusLayout): string {
  const healthy = `${machine.healthy} of ${quantity(machine.workers, 'worker')} healthy`;
  return [
    colors.bold(server.workspace),
    machine.healthy < machine.workers ? colors.yellow(healthy) : healthy,
    `${formatByteSize(machine.memoryAvailable)} of ${formatByteSize(machine.memoryTotal)} memory free`,
    `${machine.cores} cores`,
    `supervisor up ${formatDuration((now - server.startedAt) / 1000)}`,
  ].join(' · ');
}

/** What a person should know before reading figures. */
function problemLines({ crewFile }: CrewState, colors: Colors): string[] {
  const { file, problems, warnings, meanwhile } = crewFile;
  const told = (color: (text: string) => string, found: readonly CrewFileProblem[]): string[] =>
    found.flatMap(({ line, column, message, nextStep }) => [
      color(`${file}:${line}:${column}: ${plainText(message)}`),
      ...(nextStep === undefined ? [] : [`  next: ${plainText(nextStep)}`]),
    ]);
  return [
    ...told(colors.red, problems),
    ...(meanwhile === undefined ? [] : [`  ${meanwhile}`]),
    ...told(colors.yellow, warnings),
  ];
}

/** A table below an empty line; a sentence instead of one without rows. */
function section(table: string[], empty: string): string[] {
  return ['', ...(table.length > 1 ? table : [empty])];
}

function renderPools({ pools, workers }: CrewState, layout: TableLayout): string[] {
  const columns: Column[] = [
    { title: 'POOL' },
    { title: 'WORKERS', align: 'right' },
    ...countColumns(),
    { title: 'RATE', align: 'right' },
    { title: 'LEFT' },
  ];
  const rows = pools.map((pool) => [
    pool.name,
    poolWorkers(pool, workers),
    ...countCells(pool.counts),
    ...rateCells(pool),
  ]);
  return renderTable(columns, rows, layout);
}

/** A rate, and what is left at it: `about` for what few ended jobs say. */
function rateCells({ perMinute = 0, etaSeconds, etaFrom }: Partial<PoolView>): string[] {
  const about = etaFrom !== undefined && etaFrom < FEW_ENDED ? 'about ' : '';
  return [rateText(perMinute / 60), etaSeconds === undefined ? '' : `${about}${formatDuration(etaSeconds)}`];
}

/** `3/4`: how many live and how many the crew file asks for. */
function poolWorkers({ name, wanted }: PoolView, workers: readonly WorkerView[]): string {
  const live = workers.filter((worker) => worker.pool === name && isLive(worker.state)).length;
  return wanted === live ? `${live}` : `${live}/${wanted}`;
}

function countColumns(): Column[] {
  return ['PENDING', 'RUNNING', 'DONE', 'FAILED'].map((title) => ({ title, align: 'right' }));
}

function countCells({ pending, running, done, failed }: JobCounts): string[] {
  return [pending, running, done, failed].map((count) => count.toLocaleString('en'));
}

/** The workers with what they do; a worker that ended shows why. */
export function renderWorkers(
  workers: readonly WorkerView[],
  { colors, width, now }: StatusLayout,
): string[] {
  const columns: Column[] = [
    { title: 'WORKER' },
    { title: 'STATE' },
    { title: 'LABELS' },
    { title: 'PID', align: 'right' },
    { title: 'MEMORY', align: 'right' },
    { title: 'CPU', align: 'right' },
    { title: 'HEARTBEAT', align: 'right' },
    { title: 'DONE', align: 'right' },
    { title: 'FAILED', align: 'right' },
    { title: 'JOB' },
  ];
  const rows = workers.map((worker) => [
    worker.id,
    stateCell(worker, colors),
    labelsText(worker.labels),
    worker.pid === undefined ? '' : String(worker.pid),
    worker.memory === undefined ? '' : formatByteSize(worker.memory),
    worker.cpu === undefined ? '' : `${Math.round(worker.cpu)} %`,
    worker.heartbeatAt === undefined || !isLive(worker.state)
      ? ''
      : `${formatDuration((now - worker.heartbeatAt) / 1000)} ago`,
    worker.jobsDone.toLocaleString('en'),
    worker.jobsFailed.toLocaleString('en'),
    workerText(worker, now),
  ]);
  return renderTable(columns, rows, { width, titleStyle: colors.dim });
}

function stateCell(worker: WorkerView, colors: Colors): Cell {
  const flags = (['paused', 'frozen', 'stalled', 'offline', 'stuck'] as const).filter((flag) => worker[flag]);
  const text = [worker.state, ...flags].join(', ');
  if (worker.state === 'FAILED' || worker.stalled || worker.stuck) return { text, style: colors.red };
  if (worker.state === 'DEAD') return { text, style: colors.dim };
  return worker.state === 'RUNNING' && flags.length === 0
    ? { text, style: colors.green }
    : { text, style: colors.yellow };
}

/** What it works on, or why it does not. What changes stands first: the end may be cut. */
export function workerText({ job, state, reason }: WorkerView, now: number): string {
  if (!job) return state === 'RUNNING' ? '' : plainText(reason);
  const { fraction, message } = job.progress ?? {};
  return [
    `${job.id} ${plainText(job.batchName)}`,
    fraction === undefined ? '' : percentText(fraction),
    job.startedAt > 0 ? formatDuration((now - job.startedAt) / 1000) : '',
    parametersText(job.parameters),
    message === undefined ? '' : plainText(message),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function renderUnfinished(batches: readonly BatchView[], layout: TableLayout): string[] {
  const unfinished = batches.filter(({ counts }) => counts.pending + counts.running > 0);
  return unfinished.length === 0 ? [] : ['', ...renderBatches(unfinished, layout)];
}

/** Batches with their counts. */
export function renderBatches(batches: readonly BatchView[], layout: TableLayout): string[] {
  const columns: Column[] = [
    { title: 'BATCH', align: 'right' },
    { title: 'NAME' },
    { title: 'POOL' },
    { title: 'TASK' },
    { title: 'JOBS', align: 'right' },
    ...countColumns(),
    { title: 'CANCELLED', align: 'right' },
    { title: 'RATE', align: 'right' },
    { title: 'LEFT' },
  ];
  const rows = batches.map((batch) => [
    String(batch.id),
    plainText(batch.name),
    batch.pool,
    plainText(batch.task),
    batch.count.toLocaleString('en'),
    ...countCells(batch.counts),
    batch.counts.cancelled === 0 ? '' : batch.counts.cancelled.toLocaleString('en'),
    ...rateCells(batch),
  ]);
  return renderTable(columns, rows, layout);
}
