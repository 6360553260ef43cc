import type { PendingJob } from '../core/job.ts';
import type { BatchRow } from '../core/job-records.ts';

/** What is told of jobs and batches that have come to their end. */
export interface EndListener {
  /** No attempt is left. */
  jobFailed(job: PendingJob, batchName: string, reason: string): void;
  batchFinished(batch: BatchRow): void;
}
