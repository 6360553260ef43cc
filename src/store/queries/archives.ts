/** The files that hold the jobs which are in the database no longer, oldest first. */
import type { ArchiveRow } from '../../core/job-records.ts';
import type { Projection } from '../projection.ts';

export function queryArchives({ database }: Projection): ArchiveRow[] {
  return database.rows('SELECT * FROM archives ORDER BY archived_at, file').map((row) => ({
    file: row['file'] as string,
    archivedAt: row['archived_at'] as number,
    batches: row['batches'] as number,
    jobs: row['jobs'] as number,
    done: row['done'] as number,
    failed: row['failed'] as number,
    cancelled: row['cancelled'] as number,
    firstJob: row['first_job'] as number,
    lastJob: row['last_job'] as number,
  }));
}
