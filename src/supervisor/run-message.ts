/** The request that gives a worker a job. */
import { attemptId } from '../core/fencing.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { Assignment } from './worker.ts';

/** `deadline`: the wall clock's milliseconds at which its time is up. */
export function runMessage(job: Assignment['job'], attempt: number, deadline: number): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: attemptId({ job: job.id, attempt }),
    method: Method.jobRun,
    params: {
      jobId: job.id,
      attempt,
      task: job.task,
      parameters: job.parameters,
      deadline,
      ...(job.checkpoint === undefined ? {} : { checkpoint: job.checkpoint }),
    },
  });
}
