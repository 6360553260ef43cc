/** What is recorded of a pool since a time: what its ramp is judged by, and what a report of it shows. Reads every attempt. */
import type { JobError } from '../../core/job.ts';
import type { AttemptFact } from '../../core/ramp.ts';
import type { StoreQueries } from '../contract.ts';
import type { Row } from '../database.ts';
import type { PoolRecord } from '../pool-record.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';

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
    attempts: newest(
      `SELECT a.* FROM attempts a CROSS JOIN jobs j ON j.id = a.job
       WHERE j.pool = ? AND a.finished_at >= ? ORDER BY a.finished_at DESC, a.job DESC LIMIT ?`,
    ).map(toAttempt),
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
