import { Command } from 'commander';
import type { AttemptRow, JobDetail } from '../../core/job-records.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { plainErrorText, jobDuration, retryText, valueText } from '../job-text.ts';
import { jobNumber } from '../job-number.ts';
import { plainLines, plainText } from '../plain-text.ts';
import type { Colors } from '../terminal.ts';
import { timeText } from '../time-text.ts';

export function jobCommand(act: Act): Command {
  return new Command('job')
    .summary('show one job with all its attempts')
    .description(
      'Shows a job: its parameters, its result, and each attempt with its error and the end of its log.',
    )
    .argument('<job>', 'number of the job', jobNumber)
    .option('--json', 'print as JSON')
    .addHelpText('after', helpExamples([['nightcrew job 212', 'why did it fail?']]))
    .action(act(job));
}

async function job(context: CommandContext, id: number, { json }: { json?: boolean }): Promise<ExitCode> {
  const client = await context.connect();
  const detail = await client.request('job', { job: id });
  const { terminal, clock } = context;
  if (json) terminal.print(JSON.stringify(detail));
  else
    for (const line of renderJob(detail, { colors: terminal.colors, now: clock.now() })) terminal.print(line);
  return ExitCode.ok;
}

export function renderJob(detail: JobDetail, { colors, now }: { colors: Colors; now: number }): string[] {
  const field = (name: string, text: string): string[] =>
    text === '' ? [] : [`${colors.dim(name.padEnd(12))}${text}`];
  const { error, notBefore } = detail;
  const isDelayed = detail.state === 'pending' && notBefore !== undefined && notBefore > now;
  const retry = isDelayed ? `, ${retryText(notBefore, now)}` : '';
  return [
    colors.bold(`Job ${detail.id}: ${detail.state}${retry}`),
    ...field('batch', `${plainText(detail.batchName)} (${detail.batch})`),
    ...field('pool', detail.pool),
    ...field('task', plainText(detail.task)),
    ...field('priority', String(detail.priority)),
    ...field('attempts', `${detail.attempts}, of which ${detail.failures} of ${detail.maxAttempts} failed`),
    ...field('timeout', `${formatDuration(detail.timeout)} for each attempt`),
    ...field('route', plainText(detail.route)),
    ...field('worker', detail.worker ?? ''),
    ...field('enqueued', timeText(detail.enqueuedAt)),
    ...field('started', timeText(detail.startedAt)),
    ...field('finished', timeText(detail.finishedAt)),
    ...field('time', jobDuration(detail, now)),
    ...Object.entries(detail.parameters).map(
      ([name, value], index) =>
        `${colors.dim((index === 0 ? 'parameters' : '').padEnd(12))}${plainText(name)} = ${valueText(value)}`,
    ),
    ...(detail.checkpoint === undefined ? [] : field('checkpoint', valueText(detail.checkpoint))),
    ...(detail.result === undefined ? [] : field('result', valueText(detail.result))),
    ...(error && detail.attemptHistory.length === 0 ? field('error', colors.red(plainErrorText(error))) : []),
    ...detail.attemptHistory.flatMap((attempt) => renderAttempt(attempt, colors)),
  ];
}

function renderAttempt(attempt: AttemptRow, colors: Colors): string[] {
  const { outcome, error, logTail } = attempt;
  const style = outcome === 'done' ? colors.green : colors.red;
  const lasted = formatDuration((attempt.finishedAt - attempt.startedAt) / 1000);
  return [
    '',
    `${colors.bold(`Attempt ${attempt.attempt}:`)} ${style(outcome)} on ${attempt.worker} after ${lasted}, ${timeText(attempt.finishedAt)}`,
    ...(error ? [`  ${colors.red(plainErrorText(error))}`] : []),
    ...block(error?.traceback, colors),
    ...(logTail ? ['  end of the log:', ...block(logTail, colors)] : []),
  ];
}

function block(text: string | undefined, colors: Colors): string[] {
  return text ? plainLines(text).map((line) => colors.dim(`  | ${line}`)) : [];
}
