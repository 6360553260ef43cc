import { Command, Option } from 'commander';
import type { JobRow } from '../../control/api.ts';
import type { JobState } from '../../core/job.ts';
import { findBatch } from '../find-batch.ts';
import { badInput } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { errorText, jobDuration, parametersText, quantity, valueText } from '../job-text.ts';
import { collectNames, naturalNumber, positiveInteger } from '../option-values.ts';
import { plainText } from '../plain-text.ts';
import { renderTable, type Cell } from '../table.ts';
import type { Colors } from '../terminal.ts';

interface JobsOptions {
  pool?: string;
  state?: string[];
  batch?: string;
  worker?: string;
  search?: string;
  newest?: boolean;
  offset: number;
  limit: number;
  json?: boolean;
}

const STATES: readonly string[] = ['pending', 'running', 'done', 'failed', 'cancelled'] satisfies JobState[];

export function jobsCommand(act: Act): Command {
  return new Command('jobs')
    .summary('list jobs')
    .description(
      'Lists jobs, in the order of their numbers, with the parameters and the result or error of each.',
    )
    .optionsGroup('Which jobs:')
    .option('--pool <name>', 'of this pool')
    .addOption(new Option('--state <states>', `one or more of ${STATES.join(', ')}`).argParser(collectNames))
    .option('--batch <name or number>', 'of this batch; of several with the same name, the newest')
    .option('--worker <id>', 'run by this worker')
    .option('--search <text>', 'with this text in parameters, result or error')
    .option('--newest', 'begin with the newest')
    .option('--limit <number>', 'at most so many', positiveInteger, 50)
    .option('--offset <number>', 'leave out the first ones', naturalNumber, 0)
    .optionsGroup('Options:')
    .option('--json', 'print as JSON: { total, jobs }')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew jobs --state failed', 'what failed, and why'],
        ['nightcrew jobs --batch sweep --search alpha=0.1', 'part of a sweep'],
        ['nightcrew jobs --newest --limit 10', 'what was enqueued last'],
      ]),
    )
    .action(act(jobs));
}

async function jobs(context: CommandContext, options: JobsOptions): Promise<ExitCode> {
  const { pool, state, batch, worker, search, newest, offset, limit, json } = options;
  const wrong = state?.find((name) => !STATES.includes(name));
  if (wrong !== undefined)
    throw badInput(`"${wrong}" is no state of a job.`, `States: ${STATES.join(', ')}.`);
  const client = await context.connect();
  const { terminal } = context;
  const result = await client.request('jobs', {
    offset,
    limit,
    ...(pool === undefined ? {} : { pool }),
    ...(state === undefined ? {} : { states: state as JobState[] }),
    ...(batch === undefined ? {} : { batch: (await findBatch(client, batch)).id }),
    ...(worker === undefined ? {} : { worker }),
    ...(search === undefined ? {} : { search }),
    ...(newest ? { newestFirst: true } : {}),
  });
  if (json) {
    terminal.print(JSON.stringify(result));
    return ExitCode.ok;
  }
  if (result.jobs.length === 0) {
    terminal.print('No such jobs.');
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
      stateCell(job.state, colors),
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

function stateCell(state: JobState, colors: Colors): Cell {
  const styles: Partial<Record<JobState, (text: string) => string>> = {
    running: colors.cyan,
    done: colors.green,
    failed: colors.red,
    cancelled: colors.dim,
  };
  const style = styles[state];
  return style ? { text: state, style } : { text: state };
}

function resultText({ error, result }: JobRow): string {
  if (error) return errorText(error);
  return result === undefined || result === null ? '' : valueText(result);
}
