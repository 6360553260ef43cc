/**
 * What becomes of a job when an attempt of it ends.
 *
 *   pending → running → done | failed | cancelled, or pending again for another attempt
 *
 * Only what the job itself did wrong counts against its limit: a worker that a person aborted, a job that was sent
 * ahead and came back unstarted, and a keeper or a machine that ended under it, cost it nothing. A machine that is
 * started anew every night does not fail the job that needs a week.
 */
import type { AttemptOutcome, JobState } from './job.ts';

const counted: ReadonlySet<AttemptOutcome> = new Set<AttemptOutcome>(['failed', 'crashed', 'timed-out']);

/** Whether an attempt that ended so counts against the job's `maxAttempts`. */
export function countsAsFailure(outcome: AttemptOutcome): boolean {
  return counted.has(outcome);
}

export type EndedState = 'done' | 'failed' | 'pending' | 'cancelled';

/** The job's state after an attempt; `failures` are those before it. */
export function stateAfter(
  outcome: AttemptOutcome,
  job: { failures: number; maxAttempts: number },
): EndedState {
  if (outcome === 'done') return 'done';
  if (outcome === 'cancelled') return 'cancelled';
  if (!countsAsFailure(outcome)) return 'pending';
  return job.failures + 1 < job.maxAttempts ? 'pending' : 'failed';
}

/** States that are never left. A failed or cancelled job is run again only as a new one. */
export function isTerminal(state: JobState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}
