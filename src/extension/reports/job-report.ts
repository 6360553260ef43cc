import type { AttemptRow, JobDetail } from '../../core/job-records.ts';
import { formatDuration } from '../../core/duration.ts';
import { formatJobError } from '../format/job-error.ts';
import { codeBlock, escapeMarkdown } from '../format/markdown.ts';

/** One job with all its attempts, as Markdown: what it was given, what became of it, and why. */
export function jobReportMarkdown(job: JobDetail): string {
  const facts = [
    `**${job.state}** · pool ${escapeMarkdown(job.pool)} · task ${escapeMarkdown(job.task)} · priority ${job.priority}`,
    `${job.failures} of at most ${job.maxAttempts} attempts failed · limit for one ${formatDuration(job.timeout)}`,
    `Enqueued ${new Date(job.enqueuedAt).toLocaleString()}`,
    ...(job.state === 'pending' && job.notBefore !== undefined
      ? [`Tried again not before ${new Date(job.notBefore).toLocaleString()}`]
      : []),
  ];
  return [
    `# Job ${job.id} of ${escapeMarkdown(job.batchName)}`,
    '',
    facts.join('  \n'),
    ...section('Parameters', job.parameters),
    ...(job.result === undefined ? [] : section('Result', job.result)),
    ...(job.checkpoint === undefined ? [] : section('Checkpoint', job.checkpoint)),
    ...job.attemptHistory.toReversed().flatMap(attemptSection),
    '',
  ].join('\n');
}

function section(title: string, value: unknown): string[] {
  return ['', `## ${title}`, '', ...codeBlock(JSON.stringify(value, null, 2), 'json')];
}

function attemptSection(attempt: AttemptRow): string[] {
  const duration = formatDuration((attempt.finishedAt - attempt.startedAt) / 1000);
  const where = `${escapeMarkdown(attempt.worker)}, ${new Date(attempt.startedAt).toLocaleString()}, ${duration}`;
  const { error, logTail } = attempt;
  return [
    '',
    `## Attempt ${attempt.attempt}: ${attempt.outcome}`,
    '',
    where,
    ...(error ? ['', `**${escapeMarkdown(formatJobError(error))}**`] : []),
    ...(error?.traceback ? ['', ...codeBlock(error.traceback.trimEnd(), '')] : []),
    ...(logTail ? ['', "The end of the worker's log:", '', ...codeBlock(logTail.trimEnd(), '')] : []),
  ];
}
