/**
 * The head of a lane. It follows the index `pending_lanes` from where the caller is, so it costs what it returns, whether
 * a thousand jobs wait or a million.
 */
import type { PendingJob } from '../../core/job.ts';
import type { StoreQueries } from '../contract.ts';
import type { Row, Value } from '../database.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';

export const PENDING_JOB_COLUMNS = `j.id, j.batch, j.pool, j.route, b.task, j.priority, j.parameters, j.attempts,
  j.failures, b.max_attempts, b.timeout_seconds, j.checkpoint`;

const LANE = `SELECT ${PENDING_JOB_COLUMNS} FROM jobs j INDEXED BY pending_lanes JOIN batches b ON b.id = j.batch
  WHERE j.state = 'pending' AND j.pool = ? AND j.route = ?`;
const BEST_FIRST = 'ORDER BY j.priority DESC, j.id LIMIT ?';

export const PENDING_HEAD_STATEMENTS = {
  fromTop: `${LANE} ${BEST_FIRST}`,
  samePriority: `${LANE} AND j.priority = ? AND j.id > ? ${BEST_FIRST}`,
  lowerPriority: `${LANE} AND j.priority < ? ${BEST_FIRST}`,
};

export function queryPendingHead(
  { database }: Projection,
  { pool, route, after, limit, size }: StoreQueries['pendingHead']['parameters'],
): StoreQueries['pendingHead']['result'] {
  const jobs: PendingJob[] = [];
  let characters = 0;
  const isMet = (): boolean => jobs.length >= limit || characters >= size;
  const read = (sql: string, values: Value[]): void => {
    if (isMet()) return;
    database.visit(sql, [pool, route, ...values, limit - jobs.length], (row) => {
      jobs.push(toPendingJob(row));
      characters += textLength(row['parameters']) + textLength(row['checkpoint']);
      return !isMet();
    });
  };
  if (!after) read(PENDING_HEAD_STATEMENTS.fromTop, []);
  else {
    read(PENDING_HEAD_STATEMENTS.samePriority, [after.priority, after.id]);
    read(PENDING_HEAD_STATEMENTS.lowerPriority, [after.priority]);
  }
  return { jobs, more: isMet() };
}

function textLength(value: Value | undefined): number {
  return typeof value === 'string' ? value.length : 0;
}

export function toPendingJob(row: Row): PendingJob {
  return {
    id: row['id'] as number,
    batch: row['batch'] as number,
    pool: row['pool'] as string,
    route: row['route'] as string,
    task: row['task'] as string,
    priority: row['priority'] as number,
    parameters: parsed(row['parameters'])!,
    attempts: row['attempts'] as number,
    failures: row['failures'] as number,
    maxAttempts: row['max_attempts'] as number,
    timeout: row['timeout_seconds'] as number,
    checkpoint: parsed(row['checkpoint']),
  };
}
