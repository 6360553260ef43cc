/** What a run came to: a line for each batch with its results file, and the first failures with their reasons. */
import { relative } from 'node:path';
import type { BatchRow, JobRow } from '../../core/job-records.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import { formatDuration } from '../../core/duration.ts';
import { quantity } from '../../core/quantity.ts';
import { plainErrorText, parametersText, rateText } from '../job-text.ts';
import { plainLines, plainText } from '../plain-text.ts';
import { renderTable } from '../table.ts';
import type { Colors } from '../terminal.ts';
import type { RunProgress } from './run-progress.ts';

export interface RunSummary {
  batches: { batch: BatchRow; resultsFile: string }[];
  /** The first failed jobs of the run. */
  failures: { job: JobRow; logTail: string }[];
  failed: number;
  /** Jobs that ended during the run, and how long it took in seconds. */
  ended: number;
  duration: number;
}

/** Failures that are told with their reasons; `nightcrew jobs --state failed` shows all. */
const MOST_FAILURES = 5;
const LOG_LINES = 5;

/** Writes the results of every batch and gathers what is to be said. */
export async function summarizeRun(
  client: ControlClient,
  { batches, counts }: RunProgress,
  run: { ended: number; duration: number },
): Promise<RunSummary> {
  const summary: RunSummary = { batches: [], failures: [], failed: counts.failed, ...run };
  for (const batch of batches) {
    const { file } = await client.request('exportResults', { batch: batch.id });
    summary.batches.push({ batch, resultsFile: file });
    if (batch.counts.failed === 0 || summary.failures.length >= MOST_FAILURES) continue;
    const limit = MOST_FAILURES - summary.failures.length;
    const { jobs } = await client.request('jobs', { batch: batch.id, states: ['failed'], limit });
    for (const job of jobs) {
      const { attemptHistory } = await client.request('job', { job: job.id });
      summary.failures.push({ job, logTail: attemptHistory.at(-1)?.logTail ?? '' });
    }
  }
  return summary;
}

export interface SummaryLayout {
  colors: Colors;
  /** Paths below it are shown relative to it. */
  folder: string;
}

export function summaryLines(summary: RunSummary, { colors, folder }: SummaryLayout): string[] {
  const { ended, duration, failed, failures } = summary;
  const rate = rateText(duration > 0 ? ended / duration : 0);
  return [
    '',
    ...renderTable(
      ['BATCH', 'JOBS', 'DONE', 'FAILED', 'CANCELLED', 'LEFT', 'RESULTS'].map((title, index) => ({
        title,
        align: index > 0 && index < 6 ? 'right' : 'left',
      })),
      summary.batches.map(({ batch, resultsFile }) =>
        batchRow(batch, shortPath(resultsFile, folder), colors),
      ),
      { titleStyle: colors.dim },
    ),
    '',
    ended === 0
      ? 'Nothing was done.'
      : `${quantity(ended, 'job')} in ${formatDuration(duration)}${rate === '' ? '' : `, ${rate}`}.`,
    ...(failed === 0 ? [] : ['', ...failureLines(failures, failed, colors)]),
  ];
}

function batchRow(
  batch: BatchRow,
  results: string,
  colors: Colors,
): (string | { text: string; style: Colors['red'] })[] {
  const { done, failed, cancelled, pending, running } = batch.counts;
  const count = (amount: number): string => amount.toLocaleString('en');
  return [
    plainText(batch.name),
    count(batch.count),
    count(done),
    failed > 0 ? { text: count(failed), style: colors.red } : count(failed),
    cancelled > 0 ? count(cancelled) : '',
    pending + running > 0 ? count(pending + running) : '',
    results,
  ];
}

function failureLines(failures: RunSummary['failures'], failed: number, colors: Colors): string[] {
  const more = failed - failures.length;
  return [
    colors.red(`${quantity(failed, 'job')} failed:`),
    ...failures.flatMap(({ job, logTail }) => [
      `  ${colors.bold(`job ${job.id}`)} ${parametersText(job.parameters)}`,
      `    ${colors.red(reason(job))}`,
      ...(logTail === ''
        ? []
        : plainLines(logTail)
            .slice(-LOG_LINES)
            .map((line) => colors.dim(`    | ${line}`))),
    ]),
    ...(more > 0 ? [`  … and ${more.toLocaleString('en')} more; the results name them all.`] : []),
  ];
}

function reason({ error, attempts }: JobRow): string {
  const text = error ? plainErrorText(error) : 'no reason was recorded';
  return attempts > 1 ? `${text} (${attempts} attempts)` : text;
}

/** Shorter to read, and to copy, where it is below the folder the command was given in. */
function shortPath(path: string, folder: string): string {
  const short = relative(folder, path);
  return short.startsWith('..') || short === '' ? path : short;
}
