import type { PendingJob } from '../../src/core/job.ts';

export function pendingJob(id: number, priority: number, parameters = {}): PendingJob {
  return {
    id,
    priority,
    batch: 1,
    pool: 'p',
    route: '',
    task: 'run',
    parameters,
    attempts: 0,
    failures: 0,
    maxAttempts: 3,
    timeout: 60,
  };
}
