/** One job with all its attempts, and the results of a batch for export. */
import type { AttemptOutcome } from '../../core/job.ts';
import type { StoreQueries } from '../contract.ts';
import type { AttemptRow, JobDetail, JobRow } from '../../core/job-records.ts';
import type { Database, Row } from '../database.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';
import { JOB_COLUMNS, toJobRow } from './job-rows.ts';

export function queryJob(
  { database }: Projection,
  { job }: StoreQueries['job']['parameters'],
): JobDetail | null {
  const row = database.row(`${WHOLE_JOBS} WHERE j.id = ?`, [job]);
  return row ? toDetail(database, row) : null;
}

/** By id, from behind `after`. */
export function queryWholeJobs(
  { database }: Projection,
  { batch, after, limit }: StoreQueries['wholeJobs']['parameters'],
): JobDetail[] {
  const range = database.row('SELECT first_job, job_count FROM batches WHERE id = ?', [batch]);
  if (!range) return [];
  const first = range['first_job'] as number;
  const last = first + (range['job_count'] as number) - 1;
  return database
    .rows(`${WHOLE_JOBS} WHERE j.id BETWEEN ? AND ? ORDER BY j.id LIMIT ?`, [
      Math.max(first, after + 1),
      last,
      limit,
    ])
    .map((row) => toDetail(database, row));
}

const WHOLE_JOBS = `SELECT ${JOB_COLUMNS}, b.timeout_seconds, j.checkpoint
  FROM jobs j JOIN batches b ON b.id = j.batch`;

function toDetail(database: Database, row: Row): JobDetail {
  return {
    ...toJobRow(row),
    timeout: row['timeout_seconds'] as number,
    checkpoint: parsed(row['checkpoint']),
    attemptHistory: database
      .rows('SELECT * FROM attempts WHERE job = ? ORDER BY attempt', [row['id']!])
      .map(toAttemptRow),
  };
}

/** A batch's jobs have consecutive ids, so this follows the table itself. */
export function queryResults(
  { database, batches }: Projection,
  { batch, after, limit }: StoreQueries['results']['parameters'],
): JobRow[] {
  const entry = batches.find(batch);
  if (!entry) return [];
  return database
    .rows(
      `SELECT ${JOB_COLUMNS} FROM jobs j JOIN batches b ON b.id = j.batch
       WHERE j.id BETWEEN ? AND ? AND j.finished_at IS NOT NULL ORDER BY j.id LIMIT ?`,
      [Math.max(entry.firstJob, after + 1), entry.firstJob + entry.jobCount - 1, limit],
    )
    .map(toJobRow);
}

export function toAttemptRow(row: Row): AttemptRow {
  return {
    attempt: row['attempt'] as number,
    worker: row['worker'] as string,
    launch: row['launch'] as number,
    startedAt: row['started_at'] as number,
    finishedAt: row['finished_at'] as number,
    outcome: row['outcome'] as AttemptOutcome,
    error: parsed(row['error']),
    logTail: row['log_tail'] as string | undefined,
  };
}
