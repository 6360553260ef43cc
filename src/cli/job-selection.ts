/** Which jobs a command is about: numbers, or what a filter leaves. */
import { Option, type Command } from 'commander';
import type { JobFilter } from '../core/job-records.ts';
import type { JobSelection } from '../control/selection.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { JobState } from '../core/job.ts';
import { badInput } from './cli-error.ts';
import { findBatch } from './find-batch.ts';
import { collectJobNumbers } from './job-number.ts';
import { collectNames } from './option-values.ts';
import { readTime } from './read-time.ts';

export interface JobFilterOptions {
  pool?: string;
  state?: string[];
  batch?: string;
  worker?: string;
  search?: string;
  since?: string;
  until?: string;
  enqueuedSince?: string;
  enqueuedUntil?: string;
}

export interface JobSelectionOptions extends JobFilterOptions {
  failed?: boolean;
  all?: boolean;
}

const STATES: readonly string[] = ['pending', 'running', 'done', 'failed', 'cancelled'] satisfies JobState[];

/** Adds the options of a filter. */
export function addJobFilter(command: Command): Command {
  return command
    .optionsGroup('Which jobs:')
    .option('--pool <name>', 'of this pool')
    .addOption(new Option('--state <states>', `one or more of ${STATES.join(', ')}`).argParser(collectNames))
    .option('--batch <name or number>', 'of this batch; of several with the same name, the newest')
    .option('--worker <id>', 'run by this worker')
    .option('--search <text>', 'with this text in parameters, result or error')
    .option('--since <time>', 'ended since: yesterday, today, 12h (ago), "2026-11-22 04:39"')
    .option('--until <time>', 'ended before')
    .option('--enqueued-since <time>', 'enqueued since')
    .option('--enqueued-until <time>', 'enqueued before');
}

/** Adds `[job...]`, the options of a filter and `--all`. */
export function addJobSelection(command: Command): Command {
  return addJobFilter(command.argument('[job...]', 'numbers of jobs', collectJobNumbers))
    .option('--failed', 'that failed: short for --state failed')
    .option('--all', 'all that it can be done to')
    .optionsGroup('Options:');
}

/** Throws CliError for a state, a time or a batch that is none. */
export async function readJobFilter(
  client: ControlClient,
  options: JobFilterOptions,
  now: number,
): Promise<JobFilter> {
  const { pool, state, batch, worker, search } = options;
  const wrong = state?.find((name) => !STATES.includes(name));
  if (wrong !== undefined)
    throw badInput(`"${wrong}" is no state of a job.`, `States: ${STATES.join(', ')}.`);
  const times = {
    finishedSince: readTime('--since', options.since, now),
    finishedUntil: readTime('--until', options.until, now),
    enqueuedSince: readTime('--enqueued-since', options.enqueuedSince, now),
    enqueuedUntil: readTime('--enqueued-until', options.enqueuedUntil, now),
  };
  return {
    ...(pool === undefined ? {} : { pool }),
    ...(state === undefined ? {} : { states: state as JobState[] }),
    ...(batch === undefined ? {} : { batch: (await findBatch(client, batch)).id }),
    ...(worker === undefined ? {} : { worker }),
    ...(search === undefined ? {} : { search }),
    ...Object.fromEntries(Object.entries(times).filter(([, time]) => time !== undefined)),
  };
}

/** The jobs that are named, or a filter. Throws CliError for neither and for both. */
export async function readJobSelection(
  client: ControlClient,
  jobs: readonly number[],
  { failed, all, ...options }: JobSelectionOptions,
  now: number,
): Promise<JobSelection> {
  if (failed && options.state)
    throw badInput('--failed and --state name states in two ways.', 'Give one of them.');
  if (failed) options.state = ['failed'];
  const filter = await readJobFilter(client, options, now);
  const isFiltered = Object.keys(filter).length > 0;
  if (jobs.length > 0 && (isFiltered || all))
    throw badInput('Jobs are chosen in more than one way.', 'Give numbers, or options that say which.');
  if (jobs.length > 0) return { jobs: [...jobs] };
  if (isFiltered || all) return { filter };
  throw badInput(
    'No jobs are named.',
    'Give numbers (`nightcrew jobs` lists them), options such as --pool or --batch, or --all.',
  );
}
