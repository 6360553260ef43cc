/** A batch's parameters and results as one CSV file, written whole and then put in place of the old one. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { csvLine } from '../core/csv-line.ts';
import type { Store } from '../store/contract.ts';
import type { BatchRow, JobRow } from '../core/job-records.ts';
import { StoreError } from '../store/store-error.ts';
import { diskError } from '../store/disk-error.ts';
import type { Log } from './log.ts';

const PAGE = 5_000;
const PARTIAL = '.partial';
const FIXED = ['job', 'state', 'attempts', 'worker', 'seconds'] as const;

export async function exportResults(
  batch: BatchRow,
  store: Store,
  folder: string,
): Promise<{ file: string; rows: number }> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${fileName(batch.name)}.csv`);
  // A name of its own: two faces may ask for the same batch at once.
  const partial = `${file}.${randomUUID()}${PARTIAL}`;
  try {
    const rows = await write(partial, batch, store);
    renameSync(partial, file);
    return { file, rows };
  } catch (error) {
    removeQuietly(partial);
    if (error instanceof StoreError) throw error;
    throw diskError('The results cannot be written', file, error);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // On a disk that became read-only it stays; the next start removes it.
  }
}

/** What an earlier supervisor was writing when it was killed. */
export function removeUnfinishedExports(folder: string, log: Log): void {
  if (!existsSync(folder)) return;
  try {
    for (const name of readdirSync(folder)) if (name.endsWith(PARTIAL)) rmSync(join(folder, name));
  } catch (error) {
    log.warn(`An export that was not finished cannot be removed: ${(error as Error).message}`);
  }
}

async function write(partial: string, batch: BatchRow, store: Store): Promise<number> {
  const columns = await collectColumns(batch, store);
  const descriptor = openSync(partial, 'wx', 0o600);
  let rows = 0;
  try {
    // Not `writeSync`, which stops in the middle when the disk is about to be full, and says so only by a number.
    writeFileSync(descriptor, csvLine(header(columns)));
    for await (const page of pages(batch, store)) {
      writeFileSync(descriptor, page.map((job) => csvLine(cells(job, columns))).join(''));
      rows += page.length;
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return rows;
}

interface Columns {
  parameters: string[];
  /** Keys of results that are objects; a result that is none stands under `result`. */
  results: string[];
}

async function collectColumns(batch: BatchRow, store: Store): Promise<Columns> {
  const parameters = new Set<string>();
  const results = new Set<string>();
  for await (const page of pages(batch, store)) {
    for (const job of page) {
      for (const name of Object.keys(job.parameters)) parameters.add(name);
      for (const name of Object.keys(resultFields(job.result))) results.add(name);
    }
  }
  return { parameters: [...parameters], results: [...results] };
}

async function* pages(batch: BatchRow, store: Store): AsyncGenerator<JobRow[]> {
  let after = 0;
  for (;;) {
    const page = await store.query('results', { batch: batch.id, after, limit: PAGE });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** A name that stands there already gets a prefix: a column that two things share is read wrongly by every program. */
function header({ parameters, results }: Columns): string[] {
  const names: string[] = [...FIXED];
  const add = (name: string, prefix: string): void => {
    names.push(names.includes(name) || name === 'error' ? `${prefix}.${name}` : name);
  };
  for (const name of parameters) add(name, 'parameter');
  for (const name of results) add(name, 'result');
  return [...names, 'error'];
}

function cells(job: JobRow, { parameters, results }: Columns): unknown[] {
  const fields = resultFields(job.result);
  const seconds =
    job.startedAt !== undefined && job.finishedAt !== undefined
      ? (job.finishedAt - job.startedAt) / 1000
      : '';
  return [
    job.id,
    job.state,
    job.attempts,
    job.worker,
    seconds,
    ...parameters.map((name) => job.parameters[name]),
    ...results.map((name) => fields[name]),
    job.error?.message,
  ];
}

function resultFields(result: unknown): Record<string, unknown> {
  if (result === null || result === undefined) return {};
  return typeof result === 'object' && !Array.isArray(result)
    ? (result as Record<string, unknown>)
    : { result };
}

/** Batch names are free text; what a file name cannot hold on some platform becomes a hyphen. */
function fileName(name: string): string {
  return name
    .replace(/[^\p{L}\p{N}._ -]/gu, '-')
    .replace(/^\.+/, '-')
    .slice(0, 100);
}
