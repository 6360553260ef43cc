import { resolve } from 'node:path';
import { Command } from 'commander';
import type { EnqueueRequest, EnqueueResult, EnqueueSource } from '../../control/enqueue-request.ts';
import { badInput } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { requireCrewFile, requireNames } from '../crew-file-check.ts';
import { isLive } from '../../core/worker-state.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';
import { poolMeant, requireKnownPool } from '../known-pool.ts';
import {
  collectAxes,
  collectNames,
  collectParameters,
  duration,
  integer,
  positiveInteger,
} from '../option-values.ts';
import { plainText } from '../plain-text.ts';

interface EnqueueOptions {
  batch?: string[];
  again?: boolean;
  param?: Record<string, unknown>;
  matrix?: Record<string, unknown[] | string>;
  csv?: string;
  jsonl?: string;
  task?: string;
  name?: string;
  priority?: number;
  attempts?: number;
  timeout?: number;
  match?: string[];
  json?: boolean;
}

export function enqueueCommand(act: Act): Command {
  return new Command('enqueue')
    .summary('put jobs into the queue')
    .description(
      'Puts jobs into the queue: one job, a matrix of parameters, the rows of a file, or batches of the crew file. ' +
        'They are on the disk when the command ends; workers need not run.',
    )
    .argument('[pool]', 'the pool whose workers do them (default: WORKER_QUEUE_NAME)')
    .optionsGroup('Which jobs:')
    .option('--param <name=value...>', 'parameters of the job, or of every job', collectParameters)
    .option(
      '--matrix <name=values...>',
      'one job for each combination: alpha=0.1,0.2 seed=1..200',
      collectAxes,
    )
    .option('--csv <file>', 'one job for each row; the first line names the parameters')
    .option('--jsonl <file>', 'one job for each line, an object of parameters')
    .option('--batch <name...>', 'batches of the crew file, instead of a pool', collectNames)
    .option('--again', 'enqueue a batch although it was enqueued before, unchanged')
    .optionsGroup('How they are run:')
    .option('--task <name>', 'the handler in the worker (default: run)')
    .option('--name <name>', 'name of the batch (default: the pool and the time)')
    .option('--priority <number>', 'higher first (default: 0)', integer)
    .option('--attempts <number>', "how often a job is tried (default: the pool's)", positiveInteger)
    .option('--timeout <duration>', "limit of one attempt, e.g. 2h (default: the pool's)", duration)
    .option('--match <names>', 'parameters that must equal the labels of the worker', collectNames)
    .optionsGroup('Options:')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew enqueue simulate --param alpha=0.1 seed=3', 'one job'],
        ['nightcrew enqueue simulate --matrix alpha=0.1,0.2 seed=1..200', '400 jobs'],
        ['nightcrew enqueue tag --csv texts.csv --task tag', 'one job for each row'],
        ['nightcrew enqueue --batch sweep', 'a batch of the crew file'],
      ]),
    )
    .action(act(enqueue));
}

function enqueue(
  context: CommandContext,
  named: string | undefined,
  options: EnqueueOptions,
): Promise<ExitCode> {
  if (options.batch !== undefined) return enqueueBatches(context, named, options.batch, options);
  const pool = poolMeant(context, named);
  if (pool === undefined) {
    throw badInput(
      'No pool is named.',
      'Name one (nightcrew enqueue simulate …), or a batch with --batch <name>.',
    );
  }
  return enqueueJobs(context, pool, options);
}

async function enqueueJobs(
  context: CommandContext,
  pool: string,
  options: EnqueueOptions,
): Promise<ExitCode> {
  const request = readRequest(context, pool, options);
  const client = await requireKnownPool(context, pool);
  const result = await client.request('enqueue', request);
  if (options.json) context.terminal.print(JSON.stringify(result));
  else {
    printEnqueued(context, result);
    const { workers } = await client.request('status', {});
    if (!workers.some((worker) => worker.pool === pool && isLive(worker.state))) {
      context.terminal.print(`No worker of ${pool} is running: \`nightcrew up ${pool}\` starts them.`);
    }
  }
  return ExitCode.ok;
}

async function enqueueBatches(
  context: CommandContext,
  pool: string | undefined,
  names: string[],
  options: EnqueueOptions,
): Promise<ExitCode> {
  const { batch: _batch, again, json, ...forJobs } = options;
  const [foreign] = Object.keys(forJobs);
  if (pool !== undefined || foreign !== undefined) {
    const given = pool === undefined ? `--${foreign}` : `the pool "${pool}"`;
    throw badInput(`--batch takes everything from the crew file; ${given} cannot be given with it.`);
  }
  const { batches } = requireCrewFile(context.workspace, context.terminal);
  requireNames(
    'batch',
    names,
    batches.map(({ name }) => name),
  );
  const client = await context.connectOrStart();
  const result = await client.request('enqueueBatches', { batches: names, ...(again ? { again } : {}) });
  if (json) context.terminal.print(JSON.stringify(result));
  else {
    for (const enqueued of result.enqueued) printEnqueued(context, enqueued);
    for (const { name, batch, reason } of result.skipped) {
      context.terminal.print(`Batch ${batch.id} "${plainText(name)}" ${reason}; --again enqueues it anew.`);
    }
  }
  return ExitCode.ok;
}

function readRequest(context: CommandContext, pool: string, options: EnqueueOptions): EnqueueRequest {
  const source = readSource(context.host.folder, options);
  if (!source) {
    throw badInput(
      'No jobs are named.',
      `Add --param, --matrix, --csv or --jsonl; if "${pool}" is a batch of the crew file: nightcrew enqueue --batch ${pool}.`,
    );
  }
  const { task, name, priority, attempts, timeout, match, again } = options;
  if (again) throw badInput('--again is for batches of the crew file.', 'Name one with --batch <name>.');
  const given = { task, name, priority, attempts, timeout, match };
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { pool, ...settings, source };
}

/** At most one source; parameters alone are one job. `folder` is where relative paths start. */
function readSource(
  folder: string,
  { param, matrix, csv, jsonl }: EnqueueOptions,
): EnqueueSource | undefined {
  const base = param === undefined ? {} : { base: param };
  const sources: EnqueueSource[] = [
    ...(matrix === undefined ? [] : [{ matrix, ...base }]),
    ...(csv === undefined ? [] : [{ csv: resolve(folder, csv), ...base }]),
    ...(jsonl === undefined ? [] : [{ jsonl: resolve(folder, jsonl), ...base }]),
  ];
  if (sources.length > 1) throw badInput('--matrix, --csv and --jsonl exclude each other.', 'Enqueue twice.');
  return sources[0] ?? (param === undefined ? undefined : { parameters: param });
}

function printEnqueued(
  { terminal }: CommandContext,
  { batch, name, pool, count, firstJob }: EnqueueResult,
): void {
  const range = count === 1 ? `job ${firstJob}` : `jobs ${firstJob} to ${firstJob + count - 1}`;
  terminal.print(
    `Enqueued ${quantity(count, 'job')} into ${pool} as batch ${batch} "${plainText(name)}" (${range}).`,
  );
}
