/** How an attempt ended: what a worker's answer to `job/run` makes of it, and what a person is told. */
import type { AttemptOutcome, JobError } from '../core/job.ts';
import { ErrorCode } from '../protocol/generated/messages.ts';
import type { Assignment } from './worker.ts';

/** How an attempt ended, as the worker told it or as its process's end shows. */
export interface AttemptEnd {
  outcome: AttemptOutcome;
  result?: unknown;
  error?: JobError;
  logTail?: string;
}

/** A worker's answer to a request, as far as it keeps to the protocol. */
export interface Answer {
  result?: unknown;
  error?: { code: number; message: string; data?: { type?: string; traceback?: string } };
}

/** Characters of what a failed job says; what is longer helps nobody and costs every face. */
const LONGEST_MESSAGE = 10_000;
const LONGEST_TRACEBACK = 100_000;

export function attemptEnd(assignment: Assignment, message: Answer): AttemptEnd {
  const { error } = message;
  if (!error) {
    const answer = message.result as { result?: unknown } | null | undefined;
    return { outcome: 'done', result: answer?.result ?? null };
  }
  const interrupted = assignment.interrupted;
  // Whatever the handler made of it: what a person cancelled is not tried again.
  if (interrupted?.outcome === 'cancelled')
    return { outcome: 'cancelled', error: { message: interruptionMessage(assignment) } };
  if (error.code === ErrorCode.draining) return { outcome: 'returned' };
  if (error.code === ErrorCode.jobCancelled) {
    if (!interrupted) return { outcome: 'returned' };
    return { outcome: interrupted.outcome, error: { message: interruptionMessage(assignment) } };
  }
  return {
    outcome: 'failed',
    error: {
      message:
        asText(error.message)?.slice(0, LONGEST_MESSAGE) ??
        `It answered with an error that is none: ${JSON.stringify(error).slice(0, 200)}`,
      ...(asText(error.data?.type) ? { type: asText(error.data?.type)!.slice(0, LONGEST_MESSAGE) } : {}),
      ...(asText(error.data?.traceback)
        ? { traceback: asText(error.data?.traceback)!.slice(-LONGEST_TRACEBACK) }
        : {}),
    },
  };
}

/** Why an attempt was told to end, in words. */
export function interruptionMessage(assignment: Assignment): string {
  switch (assignment.interrupted?.outcome) {
    case 'timed-out':
      return `It took longer than its limit of ${assignment.job.timeout} s.`;
    case 'cancelled':
      return 'Cancelled by hand.';
    case 'aborted':
      return 'Its worker was stopped by hand.';
    default:
      return 'It was taken back before it began.';
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
