/** What is recorded of a pool since a time: what its ramp is judged by, and what a report of it shows. Reads every attempt of it. */
import type { JobError } from '../../core/job.ts';
import type { AttemptFact } from '../../core/ramp.ts';
import type { StoreQueries } from '../contract.ts';
import type { Database, Row } from '../database.ts';
import type { PoolRecord } from '../pool-record.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';

const ATTEMPTS = `FROM batches b CROSS JOIN attempts a
  WHERE b.pool = ?1 AND a.job BETWEEN b.first_job AND b.first_job + b.job_count - 1 AND a.finished_at >= ?2`;
/** There is no index of attempts by time: the row of each would pay for what is asked once in a ramp. */
const BY_JOB = `SELECT count(*) AS attempts, min(finished_at) AS oldest FROM
  (SELECT a.finished_at ${ATTEMPTS} ORDER BY b.id DESC, a.job DESC LIMIT ?3)`;
const NEWEST = `SELECT a.job, a.attempt, a.worker, a.outcome, a.finished_at, a.error ${ATTEMPTS}
  ORDER BY a.finished_at DESC, a.job DESC LIMIT ?3`;

export function queryPoolRecord(
  { database }: Projection,
  { pool, since, limit }: StoreQueries['poolRecord']['parameters'],
): PoolRecord {
  const newest = (sql: string): Row[] => database.rows(sql, [pool, since, limit]).reverse();
  const ofWorkers = (table: string): Row[] =>
    newest(
      `SELECT t.* FROM ${table} t JOIN workers w ON w.id = t.worker
       WHERE w.pool = ? AND t.at >= ? ORDER BY t.sequence DESC LIMIT ?`,
    );
  return {
    attempts: newestAttempts(database, { pool, since, limit }).map(toAttempt),
    transitions: ofWorkers('worker_transitions').map((row) => ({
      at: row['at'],
      worker: row['worker'],
      launch: row['launch'],
      from: row['from_state'] ?? null,
      to: row['to_state'],
      reason: row['reason'],
    })) as PoolRecord['transitions'],
    notes: ofWorkers('worker_notes').map(({ at, worker, launch, kind, reason }) => ({
      at,
      worker,
      launch,
      kind,
      reason,
    })) as PoolRecord['notes'],
    refusals: newest('SELECT * FROM refusals WHERE pool = ? AND at >= ? ORDER BY sequence DESC LIMIT ?').map(
      (row) => ({
        at: row['at'],
        worker: row['worker'],
        pool: row['pool'],
        reasons: parsed(row['reasons']),
        overridden: row['overridden'] === 1,
      }),
    ) as PoolRecord['refusals'],
    rampChanges: newest(
      'SELECT * FROM ramp_changes WHERE pool = ? AND at >= ? ORDER BY sequence DESC LIMIT ?',
    ).map(({ at, state, step, workers, reason }) => ({
      at,
      state,
      step,
      workers,
      reason,
    })) as PoolRecord['rampChanges'],
  };
}

/**
 * As many as are asked for are no older than the oldest of the last jobs, and jobs end about in their order: so nearly all of a
 * million attempts are passed over by their time, and are not sorted.
 */
function newestAttempts(
  database: Database,
  { pool, since, limit }: StoreQueries['poolRecord']['parameters'],
): Row[] {
  const last = database.row(BY_JOB, [pool, since, limit]);
  const isMore = last?.['attempts'] === limit;
  const from = isMore ? (last['oldest'] as number) : since;
  return database.rows(NEWEST, [pool, from, limit]).reverse();
}

function toAttempt(row: Row): AttemptFact {
  const error = parsed<JobError>(row['error']);
  return {
    job: row['job'] as number,
    attempt: row['attempt'] as number,
    worker: row['worker'] as string,
    outcome: row['outcome'] as AttemptFact['outcome'],
    at: row['finished_at'] as number,
    ...(error ? { error } : {}),
  };
}
