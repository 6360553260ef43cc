/** The report of a ramp that was rolled back, for a person who comes in the morning: Markdown. */
import { formatByteSize } from './byte-size.ts';
import type { JobId } from './job.ts';
import { countsAsFailure } from './job-state.ts';
import { quantity } from './quantity.ts';
import { shortErrorText } from './error-text.ts';
import type { FoundTrigger } from './ramp-triggers.ts';
import { ROLLBACK_WORKERS, stepOf, type AttemptFact, type Ramp } from './ramp.ts';
import { planText, stepText } from './ramp-text.ts';

/** What a worker was doing when the trigger was found. */
export interface WorkerFigures {
  id: string;
  state: string;
  reason: string;
  pid?: number | undefined;
  memory?: number | undefined;
  cpu?: number | undefined;
  jobsDone: number;
  jobsFailed: number;
  job?: { id: JobId } | undefined;
}

export interface Incident {
  /** The workspace's name. */
  where: string;
  /** Milliseconds since 1970. */
  at: number;
  /** As it was before it was rolled back. */
  ramp: Ramp;
  triggers: readonly (Pick<FoundTrigger, 'reason'> & Partial<FoundTrigger>)[];
  /** Absent when the report is made later, by another supervisor. */
  workers?: readonly WorkerFigures[];
  memoryAvailable?: number;
  /** Oldest first. */
  attempts: readonly AttemptFact[];
  /** Names of the log files beside the report. */
  logs: readonly string[];
}

/** Of the attempts that failed, the newest. */
const MOST_FAILURES = 10;
const LONGEST_TRACEBACK = 4_000;

export function incidentReport(incident: Incident): string {
  const { where, at, ramp, triggers, workers, attempts, logs, memoryAvailable } = incident;
  const { pool, plan } = ramp;
  const standing = { steps: plan.steps, step: ramp.step, soaked: ramp.soaked };
  const failures = attempts.filter(({ outcome }) => outcome !== 'done');
  return [
    `# The ramp of ${pool} was rolled back`,
    '',
    `${where}, ${timeText(at)}: from ${quantity(stepOf(ramp).workers, 'worker')} to ${ROLLBACK_WORKERS}.`,
    'The others were drained: each finished the job it had, and ended. Nothing was aborted.',
    '',
    '## Why',
    '',
    ...triggers.map(({ trigger, reason }) => `- ${trigger ? `**${trigger}**: ` : ''}${inline(reason)}`),
    '',
    '## Where it stood',
    '',
    `- ${stepText(standing)}; the step began ${timeText(ramp.stepSince)}`,
    `- plan: ${planText(plan.steps)}`,
    `- attempts that ended in this step: ${attempts.length}, of which ${failures.length} were not done`,
    ...(memoryAvailable === undefined ? [] : [`- memory that was free: ${formatByteSize(memoryAvailable)}`]),
    '',
    '## Workers at that moment',
    '',
    ...(workers
      ? workerTable(workers)
      : ['The supervisor ended at that moment; what it knew of them is lost.']),
    '',
    '## The newest attempts that were not done',
    '',
    ...(failures.length > 0 ? failures.slice(-MOST_FAILURES).reverse().flatMap(attemptLines) : ['None.', '']),
    '## What is in this folder',
    '',
    '- `events.jsonl`: what is recorded of the pool since the step began, one event a line',
    ...(workers ? ['- `figures.json`: pool, workers and machine at that moment'] : []),
    ...logs.map((name) => `- \`${name}\`: the end of its log`),
    '',
    '## Next',
    '',
    `Find the cause: \`nightcrew job ${lastFailure(attempts)?.job ?? '<number>'}\` shows an attempt in full. When it is gone,`,
    `\`nightcrew ramp start ${pool}\` begins anew with ${quantity(plan.steps[0]!.workers, 'worker')}. \`nightcrew ramp abandon ${pool}\``,
    'gives the ramp up, and `nightcrew up` then starts all workers of the pool.',
    '',
  ].join('\n');
}

function workerTable(workers: readonly WorkerFigures[]): string[] {
  return [
    '| worker | state | process | memory | CPU | done | failed | job | reason |',
    '|---|---|---|---|---|---|---|---|---|',
    ...workers.map(({ id, state, pid, memory, cpu, jobsDone, jobsFailed, job, reason }) => {
      const cells = [
        id,
        state,
        pid ?? '',
        memory === undefined ? '' : formatByteSize(memory),
        cpu === undefined ? '' : `${Math.round(cpu)} %`,
        jobsDone,
        jobsFailed,
        job?.id ?? '',
        inline(reason).replaceAll('|', '\\|'),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

function attemptLines({ job, attempt, worker, outcome, at, error }: AttemptFact): string[] {
  return [
    `### Job ${job}, attempt ${attempt}: ${outcome}`,
    '',
    `On ${worker}, ${timeText(at)}.${error ? ` ${inline(shortErrorText(error))}` : ''}`,
    '',
    ...(error?.traceback ? [...indented(error.traceback.slice(-LONGEST_TRACEBACK)), ''] : []),
  ];
}

/** As code, whatever characters are in it. */
function indented(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
}

function inline(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** One that was lost with the keeper or the machine, or ended by hand, is not what the ramp was rolled back for. */
function lastFailure(attempts: readonly AttemptFact[]): AttemptFact | undefined {
  return attempts.findLast(({ outcome }) => countsAsFailure(outcome));
}

/** `2026-11-22 14:03:05 UTC`: of a machine whose time zone the reader need not know. */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What sorts by time, and may be a file's name anywhere. */
export function incidentName(at: number, pool: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z-${pool}`;
}
