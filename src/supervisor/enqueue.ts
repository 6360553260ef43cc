/** Reads what is to be enqueued, checks all of it, and enqueues all or nothing. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { EnqueueRequest, EnqueueResult } from '../control/enqueue-request.ts';
import { matrixProblem } from '../core/crew-file-matrix.ts';
import type { CrewBatch } from '../core/crew-file.ts';
import type { BatchSource } from '../core/events.ts';
import type { Parameters } from '../core/job.ts';
import { parseRange, type Matrix } from '../core/matrix.ts';
import type { PoolSettings } from '../core/pool.ts';
import { parseCsv, parseJsonl } from '../core/rows.ts';
import type { Store } from '../store/contract.ts';
import type { AnsweredRequest } from '../store/restored-state.ts';
import type { Dispatcher } from './dispatcher.ts';
import { parametersProblem } from './parameters-size.ts';
import type { Queue } from './queue.ts';

/** Bytes of a CSV or JSONL file; it is held in memory and stands in the journal as one record. */
const MAX_ROWS_FILE = 64 * 1024 * 1024;

interface Parts {
  queue: Queue;
  store: Store;
  dispatcher: Dispatcher;
}

/** Resolves when the batch is on the disk. */
export async function enqueue(
  request: EnqueueRequest,
  pool: PoolSettings,
  parts: Parts,
): Promise<EnqueueResult> {
  const source = requestedSource(request);
  checkSize(source, request.name);
  return enqueueSource(
    {
      pool,
      task: request.task ?? 'run',
      name: request.name ?? `${pool.name} ${new Date().toISOString().slice(0, 19).replace('T', ' ')}`,
      priority: request.priority ?? 0,
      match: request.match ?? [],
      ...(request.request === undefined ? {} : { request: request.request }),
      ...(request.attempts === undefined ? {} : { attempts: request.attempts }),
      ...(request.timeout === undefined ? {} : { timeout: request.timeout }),
    },
    source,
    parts,
  );
}

/** A batch of the crew file with its files read: what it makes, and the hash that tells "the same again". */
export function readCrewBatch(batch: CrewBatch): { source: BatchSource; definition: string } {
  const read = readCrewSource(batch);
  checkSize(read.source, batch.name);
  return read;
}

function readCrewSource(batch: CrewBatch): { source: BatchSource; definition: string } {
  const { source, parameters } = batch;
  if ('matrix' in source)
    return { source: { matrix: source.matrix, base: parameters }, definition: batch.definition };
  if ('jobs' in source) return { source: withBase(source.jobs, parameters), definition: batch.definition };
  const { rows, text } = readRows(source);
  const content = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { source: withBase(rows, parameters), definition: `${batch.definition}-${content}` };
}

export async function enqueueCrewBatch(
  batch: CrewBatch,
  read: { source: BatchSource; definition?: string; request?: string },
  pool: PoolSettings,
  parts: Parts,
): Promise<EnqueueResult> {
  const { name, task, priority, match, attempts, timeout } = batch;
  const settings = {
    pool,
    name,
    task,
    priority,
    match,
    ...(read.definition === undefined ? {} : { definition: read.definition }),
    ...(read.request ? { request: read.request } : {}),
  };
  return enqueueSource(
    { ...settings, ...(attempts ? { attempts } : {}), ...(timeout ? { timeout } : {}) },
    read.source,
    parts,
  );
}

interface BatchSettings {
  pool: PoolSettings;
  name: string;
  task: string;
  priority: number;
  match: string[];
  attempts?: number;
  timeout?: number;
  definition?: string;
  request?: string;
}

/** The answer that a request got before, once that is on the disk. */
export async function answerAgain(answered: AnsweredRequest, store: Store): Promise<EnqueueResult> {
  await store.flush();
  const { batch, name, pool, count, firstJob } = answered;
  return { batch, name, pool, count, firstJob };
}

async function enqueueSource(
  settings: BatchSettings,
  source: BatchSource,
  parts: Parts,
): Promise<EnqueueResult> {
  const { pool, attempts, timeout, ...rest } = settings;
  checkSettings(settings);
  checkMatch(source, settings.match);
  const batch = parts.queue.enqueue({
    ...rest,
    pool: pool.name,
    maxAttempts: attempts ?? pool.attempts,
    timeout: timeout ?? pool.timeout,
    source,
  });
  parts.dispatcher.feedPool(pool.name);
  await parts.store.flush();
  return { batch: batch.id, name: batch.name, pool: pool.name, count: batch.count, firstJob: batch.firstJob };
}

function requestedSource({ source }: EnqueueRequest): BatchSource {
  if (typeof source !== 'object' || source === null)
    throw badInput('`source` is missing.', 'Give parameters, a matrix, a CSV or a JSONL file.');
  if ('parameters' in source) return { rows: [requireObject(source.parameters)] };
  if ('matrix' in source) return { matrix: requestedMatrix(source.matrix), base: source.base ?? {} };
  if ('csv' in source || 'jsonl' in source) return withBase(readRows(source).rows, source.base ?? {});
  throw badInput('`source` names none of parameters, matrix, csv, jsonl.', 'Give one of them.');
}

function requestedMatrix(given: Record<string, unknown[] | string>): Matrix {
  const matrix: Matrix = {};
  for (const [name, axis] of Object.entries(requireObject(given))) {
    const values = typeof axis === 'string' ? parseRange(axis) : axis;
    if (values === undefined || typeof values !== 'object' || values === null) {
      throw badInput(
        `The axis ${name} is neither a list nor a range.`,
        'Write values like 0.1,0.2 or a range like 1..200.',
      );
    }
    matrix[name] = values as Matrix[string];
  }
  const problem = matrixProblem(matrix);
  if (problem) throw badInput(problem.message, problem.nextStep);
  return matrix;
}

function readRows(source: { csv: string } | { jsonl: string }): { rows: Parameters[]; text: string } {
  const [file, parse] =
    'csv' in source ? ([source.csv, parseCsv] as const) : ([source.jsonl, parseJsonl] as const);
  const text = readText(file);
  const { rows, problems } = parse(text, file);
  const [first, ...others] = problems;
  if (first) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    throw new ControlError(ControlErrorCode.badInput, `${first.message}${more} Nothing was enqueued.`, {
      place: `${file}:${first.line}`,
      nextStep: first.nextStep ?? 'Correct that line and enqueue again.',
    });
  }
  if (rows.length === 0) throw badInput(`${file} has no rows.`, 'Add one, or name another file.', file);
  return { rows, text };
}

function readText(file: string): string {
  if (typeof file !== 'string' || !isAbsolute(file))
    throw badInput(`${file} is not an absolute path.`, 'Give the whole path.');
  try {
    const { size } = statSync(file);
    if (size > MAX_ROWS_FILE)
      throw badInput(
        `${file} has ${size} bytes; at most ${MAX_ROWS_FILE} are read.`,
        'Split it into several batches.',
        file,
      );
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ControlError) throw error;
    throw new ControlError(ControlErrorCode.notFound, `Cannot read ${file}: ${(error as Error).message}.`, {
      place: file,
      nextStep: 'Check the path.',
    });
  }
}

function withBase(rows: Parameters[], base: Parameters): BatchSource {
  return { rows: Object.keys(base).length === 0 ? rows : rows.map((row) => ({ ...base, ...row })) };
}

function checkSettings({ priority, attempts, timeout, name, task }: BatchSettings): void {
  if (!Number.isSafeInteger(priority))
    throw badInput(`The priority ${priority} is not a whole number.`, 'Higher runs first; 0 is usual.');
  if (attempts !== undefined && (!Number.isSafeInteger(attempts) || attempts < 1))
    throw badInput(`attempts: ${attempts} is not a whole number from 1.`, 'Give 1 or more.');
  if (timeout !== undefined && !(timeout > 0))
    throw badInput(`timeout: ${timeout} is not a number of seconds above 0.`, 'Give seconds.');
  if (typeof name !== 'string' || name.trim() === '')
    throw badInput('The name of the batch is empty.', 'Give it one.');
  if (typeof task !== 'string' || task === '')
    throw badInput('The task is empty.', 'Name the handler; `run` is usual.');
}

/** A job without the parameter that it is matched by would wait for ever. */
function checkMatch(source: BatchSource, match: readonly string[]): void {
  for (const name of match) {
    const known =
      'matrix' in source
        ? name in source.matrix || name in (source.base ?? {})
        : source.rows.every((row) => name in row);
    if (!known)
      throw badInput(
        `match: ${name} is not a parameter of every job.`,
        'Match by parameters that all jobs have.',
      );
  }
}

function checkSize(source: BatchSource, batch: string | undefined): void {
  const problem = parametersProblem(source);
  if (!problem) return;
  const [of, place] = batch === undefined ? ['', []] : [` of batch ${batch}`, [batch]];
  throw badInput(
    `${problem.job}${of} ${problem.has} Nothing was enqueued.`,
    'Write large data to a file, and give its path as a parameter.',
    ...place,
  );
}

function requireObject<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badInput('Parameters must be names with values.', 'Give an object such as { "seed": 1 }.');
  return value;
}

export function badInput(message: string, nextStep: string, place?: string): ControlError {
  return new ControlError(ControlErrorCode.badInput, message, { nextStep, ...(place ? { place } : {}) });
}
