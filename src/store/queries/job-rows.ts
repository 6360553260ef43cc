/** How a row of `jobs` reads outside. */
import type { JobState } from '../../core/job.ts';
import type { JobRow } from '../../core/job-records.ts';
import type { Row } from '../database.ts';
import { parsed } from '../row-values.ts';

/** For `FROM jobs j JOIN batches b ON b.id = j.batch`. */
export const JOB_COLUMNS = `j.id, j.batch, b.name AS batch_name, j.pool, j.route, b.task, j.priority, j.state, j.attempts,
  j.failures, b.max_attempts, j.parameters, j.worker, b.enqueued_at, j.claimed_at, j.started_at, j.finished_at, j.result,
  j.error, j.not_before`;

export function toJobRow(row: Row): JobRow {
  return {
    id: row['id'] as number,
    batch: row['batch'] as number,
    batchName: row['batch_name'] as string,
    pool: row['pool'] as string,
    route: row['route'] as string,
    task: row['task'] as string,
    priority: row['priority'] as number,
    state: row['state'] as JobState,
    attempts: row['attempts'] as number,
    failures: row['failures'] as number,
    maxAttempts: row['max_attempts'] as number,
    parameters: parsed(row['parameters'])!,
    worker: row['worker'] as string | undefined,
    enqueuedAt: row['enqueued_at'] as number,
    notBefore: row['not_before'] as number | undefined,
    startedAt: (row['started_at'] ?? row['claimed_at']) as number | undefined,
    finishedAt: row['finished_at'] as number | undefined,
    result: parsed(row['result']),
    error: parsed(row['error']),
  };
}
