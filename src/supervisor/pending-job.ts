/** A job of a batch as it waits, nobody having tried it. */
import type { BatchEnqueued } from '../core/events.ts';
import type { Parameters, PendingJob } from '../core/job.ts';

export function pendingJob(
  event: BatchEnqueued,
  index: number,
  parameters: Parameters,
  route: string,
): PendingJob {
  return {
    id: event.firstJob + index,
    batch: event.batch,
    pool: event.pool,
    route,
    task: event.task,
    priority: event.priority,
    parameters,
    attempts: 0,
    failures: 0,
    maxAttempts: event.maxAttempts,
    timeout: event.timeout,
  };
}
