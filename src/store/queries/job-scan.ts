/** Lists that look at every job: by worker, by time and by free text. */
import type { JobId } from '../../core/job.ts';
import type { BatchDirectory } from '../batch-directory.ts';
import type { JobFilter } from '../../core/job-records.ts';
import type { Database, Value } from '../database.ts';
import type { Projection } from '../projection.ts';

export function scanJobs(
  { database, batches }: Projection,
  filter: JobFilter,
  offset: number,
  limit: number,
): { total: number; ids: JobId[] } {
  const { condition, values } = conditionOf(filter, batches);
  const order = filter.newestFirst ? 'DESC' : 'ASC';
  return {
    total: database.number(`SELECT count(*) FROM jobs WHERE ${condition}`, values),
    ids: database.numbers(`SELECT id FROM jobs WHERE ${condition} ORDER BY id ${order} LIMIT ? OFFSET ?`, [
      ...values,
      limit,
      offset,
    ]),
  };
}

export function conditionOf(
  filter: JobFilter,
  batches: BatchDirectory,
): { condition: string; values: Value[] } {
  const conditions: string[] = [];
  const values: Value[] = [];
  const add = (condition: string, ...bound: Value[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (filter.pool !== undefined) add('pool = ?', filter.pool);
  if (filter.batch !== undefined) {
    const entry = batches.find(filter.batch);
    add('id BETWEEN ? AND ?', entry?.firstJob ?? 0, entry ? entry.firstJob + entry.jobCount - 1 : 0);
  }
  if (filter.finishedSince !== undefined) add('finished_at >= ?', filter.finishedSince);
  if (filter.finishedUntil !== undefined) add('finished_at < ?', filter.finishedUntil);
  const ofBatches = (test: string): string => `batch IN (SELECT id FROM batches WHERE enqueued_at ${test})`;
  if (filter.enqueuedSince !== undefined) add(ofBatches('>= ?'), filter.enqueuedSince);
  if (filter.enqueuedUntil !== undefined) add(ofBatches('< ?'), filter.enqueuedUntil);
  if (filter.worker !== undefined) add('worker = ?', filter.worker);
  if (filter.states?.length) add(`state IN (${filter.states.map(() => '?').join(', ')})`, ...filter.states);
  if (filter.search) {
    const needles = needlesOf(filter.search);
    const tests = needles.flatMap((needle) =>
      ['parameters', 'result', 'error'].map((column) => test(column, needle)),
    );
    add(`(${tests.join(' OR ')})`, ...needles.flatMap((needle) => Array<Value>(3).fill(pattern(needle))));
  }
  return { condition: conditions.join(' AND ') || '1', values };
}

/** The columns hold JSON text, where quotation marks and backslashes are escaped: look for the text as typed and as stored. */
function needlesOf(search: string): string[] {
  const stored = JSON.stringify(search).slice(1, -1);
  return stored === search ? [search] : [search, stored];
}

/** SQLite's LIKE ignores the case of ASCII letters only, but is ten times faster than a call into JavaScript. */
function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text);
}

function test(column: string, needle: string): string {
  return isAscii(needle) ? `${column} LIKE ? ESCAPE '\\'` : `contains_ignoring_case(${column}, ?)`;
}

function pattern(needle: string): string {
  return isAscii(needle) ? `%${needle.replace(/[\\%_]/g, '\\$&')}%` : needle.toLowerCase();
}

/** Makes `contains_ignoring_case(text, lower_case_needle)` known to a database. */
export function defineSearch(database: Database): void {
  database.define('contains_ignoring_case', (text, needle) =>
    typeof text === 'string' && text.toLowerCase().includes(needle as string) ? 1 : 0,
  );
}
