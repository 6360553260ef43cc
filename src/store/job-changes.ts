/** What people did to jobs, kept for who asks later why one waits again, or waits no longer. */
import { eachRange, type IdRanges } from '../core/id-ranges.ts';
import type { JobChangeRow } from '../core/job-records.ts';
import type { Projection } from './projection.ts';

/** `pruneHistory` bounds what it leaves. */
export function recordJobChange(
  { database }: Projection,
  { at, kind, detail, ids }: JobChangeRow & { ids: IdRanges },
): void {
  for (const [first, last] of eachRange(ids)) {
    database.run('INSERT INTO job_changes (at, kind, detail, first_job, last_job) VALUES (?, ?, ?, ?, ?)', [
      at,
      kind,
      detail,
      first,
      last,
    ]);
  }
}
