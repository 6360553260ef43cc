/** What people did to a job, newest first. */
import type { StoreQueries } from '../contract.ts';
import type { JobChangeRow } from '../../core/job-records.ts';
import type { Projection } from '../projection.ts';

export function queryJobChanges(
  { database }: Projection,
  { job, limit }: StoreQueries['jobChanges']['parameters'],
): JobChangeRow[] {
  return database
    .rows(
      'SELECT * FROM job_changes WHERE first_job <= ?1 AND last_job >= ?1 ORDER BY number DESC LIMIT ?2',
      [job, limit],
    )
    .map((row) => ({
      at: row['at'] as number,
      kind: row['kind'] as JobChangeRow['kind'],
      detail: row['detail'] as string,
    }));
}
