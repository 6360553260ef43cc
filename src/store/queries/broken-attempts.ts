/**
 * The attempts on a worker that did not get done, newest first. There is no index for it: the row of each attempt would pay for
 * what is asked now and then.
 */
import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';
import { toAttemptRow } from './job.ts';

export function queryBrokenAttempts(
  { database }: Projection,
  { worker, limit }: StoreQueries['brokenAttempts']['parameters'],
): StoreQueries['brokenAttempts']['result'] {
  return database
    .rows(
      `SELECT * FROM attempts WHERE worker = ? AND outcome <> 'done'
       ORDER BY finished_at DESC, job DESC LIMIT ?`,
      [worker, limit],
    )
    .map((row) => ({ ...toAttemptRow(row), job: row['job'] as number }));
}
