/**
 * What people are to be told of behind an event: what a supervisor that was killed did not come to tell. Looks at every ended
 * job, once at a start.
 */
import type { AlertFact } from '../../core/alert.ts';
import type { JobError } from '../../core/job.ts';
import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';

export function queryAlertable(
  { database }: Projection,
  { through, at, limit }: StoreQueries['alertable']['parameters'],
): AlertFact[] {
  const workers = database
    .rows(
      `SELECT worker, at, reason FROM worker_transitions WHERE to_state = 'FAILED' AND sequence > ?
       ORDER BY sequence DESC LIMIT ?`,
      [through, limit],
    )
    .map((row): AlertFact => ({
      kind: 'worker-failed',
      at: row['at'] as number,
      worker: row['worker'] as string,
      reason: row['reason'] as string,
    }));
  const jobs = database
    .rows(
      `SELECT j.id, j.pool, b.name, j.finished_at, j.error FROM jobs j JOIN batches b ON b.id = j.batch
       WHERE j.state = 'failed' AND j.finished_at > ? ORDER BY j.id DESC LIMIT ?`,
      [at, limit],
    )
    .map((row): AlertFact => ({
      kind: 'job-failed',
      at: row['finished_at'] as number,
      job: row['id'] as number,
      batch: row['name'] as string,
      pool: row['pool'] as string,
      reason: parsed<JobError>(row['error'])?.message ?? '',
    }));
  const batches = database
    .rows(
      `SELECT id, name, done, failed, cancelled, finished_at FROM batches WHERE finished_at > ?
       ORDER BY id DESC LIMIT ?`,
      [at, limit],
    )
    .map((row): AlertFact => ({
      kind: 'batch-finished',
      at: row['finished_at'] as number,
      batch: row['name'] as string,
      done: row['done'] as number,
      failed: row['failed'] as number,
      cancelled: row['cancelled'] as number,
    }));
  const ramps = database
    .rows(
      `SELECT at, pool, state, reason FROM ramp_changes WHERE (state = 'rolled-back' OR state = 'completed')
         AND sequence > ? ORDER BY sequence DESC LIMIT ?`,
      [through, limit],
    )
    .map(({ at, pool, state, reason }) => ({ kind: 'ramp', at, pool, state, reason }) as AlertFact);
  return [...workers, ...jobs, ...batches, ...ramps].sort((left, right) => left.at - right.at);
}
