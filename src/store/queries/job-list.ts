/**
 * Pages of the job list with exact totals. A list by pool, batch and state is a walk over batches: their counts are in memory,
 * so the total and the batches in front of the page cost nothing, and only the batch in which the page begins is looked
 * into. A list by worker or by text has no counts to go by and looks at every job.
 */
import type { JobId, JobState } from '../../core/job.ts';
import type { BatchEntry } from '../batch-directory.ts';
import type { StoreQueries } from '../contract.ts';
import type { JobFilter, JobRow } from '../../core/job-records.ts';
import type { Projection } from '../projection.ts';
import { JOB_COLUMNS, toJobRow } from './job-rows.ts';
import { scanJobs } from './job-scan.ts';

export const ALL_STATES: JobState[] = ['pending', 'running', 'done', 'failed', 'cancelled'];

export function queryJobs(
  projection: Projection,
  filter: StoreQueries['jobs']['parameters'],
): StoreQueries['jobs']['result'] {
  const page = needsScan(filter) ? scanJobs : walkBatches;
  const { total, ids } = page(projection, filter, filter.offset, filter.limit);
  return { total, jobs: readJobs(projection, ids) };
}

/** Whether the counts of the batches do not tell what the filter leaves. */
export function needsScan(filter: JobFilter): boolean {
  const { worker, search, finishedSince, finishedUntil, enqueuedSince, enqueuedUntil } = filter;
  const times = [finishedSince, finishedUntil, enqueuedSince, enqueuedUntil];
  return worker !== undefined || Boolean(search) || times.some((time) => time !== undefined);
}

/** The jobs with these ids, in this order. */
function readJobs({ database }: Projection, ids: JobId[]): JobRow[] {
  const sql = `SELECT ${JOB_COLUMNS} FROM jobs j JOIN batches b ON b.id = j.batch WHERE j.id = ?`;
  return ids.map((id) => toJobRow(database.row(sql, [id])!));
}

/** The batches that a filter leaves, in the order of the list. */
export function batchesOf({ batches }: Projection, filter: JobFilter): BatchEntry[] {
  const matching = batches.entries.filter(
    (entry) =>
      (filter.pool === undefined || entry.pool === filter.pool) &&
      (filter.batch === undefined || entry.id === filter.batch),
  );
  return filter.newestFirst ? matching.reverse() : matching;
}

function walkBatches(
  projection: Projection,
  filter: JobFilter,
  offset: number,
  limit: number,
): { total: number; ids: JobId[] } {
  const states = filter.states?.length ? [...new Set(filter.states)] : ALL_STATES;
  let total = 0;
  const ids: JobId[] = [];
  for (const entry of batchesOf(projection, filter)) {
    const count = states.reduce((sum, state) => sum + entry.counts[state], 0);
    const skipped = offset + ids.length - total;
    total += count;
    if (ids.length >= limit || skipped >= count) continue;
    ids.push(
      ...idsWithin(projection, entry, states, filter.newestFirst ?? false, skipped, limit - ids.length),
    );
  }
  return { total, ids };
}

function idsWithin(
  { database }: Projection,
  entry: BatchEntry,
  states: JobState[],
  newestFirst: boolean,
  offset: number,
  limit: number,
): JobId[] {
  const first = entry.firstJob;
  const last = first + entry.jobCount - 1;
  if (states.length === ALL_STATES.length) {
    const length = Math.min(limit, entry.jobCount - offset);
    return Array.from({ length }, (_, index) =>
      newestFirst ? last - offset - index : first + offset + index,
    );
  }
  return database.numbers(idsInStates(states.length, newestFirst), [
    ...states.flatMap((state) => [state, first, last]),
    limit,
    offset,
  ]);
}

/** One ordered walk of `jobs_by_state` for each state, merged: the rows themselves are not read. */
export function idsInStates(stateCount: number, newestFirst: boolean): string {
  const walk = 'SELECT id FROM jobs INDEXED BY jobs_by_state WHERE state = ? AND id BETWEEN ? AND ?';
  const walks = Array.from({ length: stateCount }, () => walk).join(' UNION ALL ');
  return `${walks} ORDER BY id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ? OFFSET ?`;
}
