import { Command } from 'commander';
import type { JobRow } from '../../core/job-records.ts';
import type { JobState } from '../../core/job.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { addJobFilter, readJobFilter, type JobFilterOptions } from '../job-selection.ts';
import { quantity } from '../../core/quantity.ts';
import { jobDuration, parametersText, resultText, retryText } from '../job-text.ts';
import { naturalNumber, positiveInteger } from '../option-values.ts';
import { plainText } from '../plain-text.ts';
import { renderTable, type Cell } from '../table.ts';
import type { Colors } from '../terminal.ts';

interface JobsOptions extends JobFilterOptions {
  newest?: boolean;
  offset: number;
  limit: number;
  json?: boolean;
}

export function jobsCommand(act: Act): Command {
  return addJobFilter(new Command('jobs'))
    .summary('list jobs')
    .description(
      'Lists jobs, in the order of their numbers, with the parameters and the result or error of each.',
    )
    .option('--newest', 'begin with the newest')
    .option('--limit <number>', 'at most so many', positiveInteger, 50)
    .option('--offset <number>', 'leave out the first ones', naturalNumber, 0)
    .optionsGroup('Options:')
    .option('--json', 'print as JSON: { total, jobs }')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew jobs --state failed --since yesterday', 'what failed last night, and why'],
        ['nightcrew jobs --batch sweep --search alpha=0.1', 'part of a sweep'],
        ['nightcrew jobs --newest --limit 10', 'what was enqueued last'],
      ]),
    )
    .action(act(jobs));
}

async function jobs(context: CommandContext, options: JobsOptions): Promise<ExitCode> {
  const { newest, offset, limit, json, ...filter } = options;
  const { terminal, clock } = context;
  const client = await context.connect();
  const result = await client.request('jobs', {
    offset,
    limit,
    ...(await readJobFilter(client, filter, clock.now())),
    ...(newest ? { newestFirst: true } : {}),
  });
  if (json) {
    terminal.print(JSON.stringify(result));
    return ExitCode.ok;
  }
  const tellArchived = (): void => {
    if (result.archived !== undefined)
      terminal.printError(`Not shown: ${quantity(result.archived, 'ended job')} in .nightcrew/archives.`);
  };
  if (result.jobs.length === 0) {
    terminal.print('No such jobs.');
    tellArchived();
    return ExitCode.ok;
  }
  const width = terminal.interactive ? terminal.columns : undefined;
  for (const line of renderJobs(result.jobs, { colors: terminal.colors, width, now: context.clock.now() }))
    terminal.print(line);
  if (result.jobs.length < result.total) {
    const shown = `${offset + 1} to ${offset + result.jobs.length}`;
    terminal.printError(
      `Shown: ${shown} of ${quantity(result.total, 'job')}; --limit and --offset show others.`,
    );
  }
  tellArchived();
  return ExitCode.ok;
}

export function renderJobs(
  rows: readonly JobRow[],
  { colors, width, now }: { colors: Colors; width?: number | undefined; now: number },
): string[] {
  return renderTable(
    [
      { title: 'JOB', align: 'right' },
      { title: 'STATE' },
      { title: 'BATCH' },
      { title: 'TASK' },
      { title: 'ATTEMPTS', align: 'right' },
      { title: 'WORKER' },
      { title: 'TIME', align: 'right' },
      { title: 'PARAMETERS' },
      { title: 'RESULT' },
    ],
    rows.map((job) => [
      String(job.id),
      stateCell(job, now, colors),
      plainText(job.batchName),
      plainText(job.task),
      job.attempts === 0 ? '' : String(job.attempts),
      job.worker ?? '',
      jobDuration(job, now),
      parametersText(job.parameters),
      resultText(job),
    ]),
    { width, titleStyle: colors.dim },
  );
}

function stateCell({ state, notBefore }: JobRow, now: number, colors: Colors): Cell {
  if (state === 'pending' && notBefore !== undefined && notBefore > now) {
    return { text: retryText(notBefore, now), style: colors.yellow };
  }
  const styles: Partial<Record<JobState, (text: string) => string>> = {
    running: colors.cyan,
    done: colors.green,
    failed: colors.red,
    cancelled: colors.dim,
  };
  const style = styles[state];
  return style ? { text: state, style } : { text: state };
}
