/** The attempts that ended on a worker, newest first. There is no index for it: a row of each job would pay for what is asked once a day. */
import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';
import { toAttemptRow } from './job.ts';

export function queryWorkerAttempts(
  { database }: Projection,
  { worker, limit }: StoreQueries['workerAttempts']['parameters'],
): StoreQueries['workerAttempts']['result'] {
  return database
    .rows('SELECT * FROM attempts WHERE worker = ? ORDER BY finished_at DESC, job DESC LIMIT ?', [
      worker,
      limit,
    ])
    .map((row) => ({ ...toAttemptRow(row), job: row['job'] as number }));
}
