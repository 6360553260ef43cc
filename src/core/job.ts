/** What a job is: a unit of queued work, run by attempts of which at most one is alive. */
import type { WorkerId } from './worker.ts';

/** Counts up from 1 within a workspace; never reused. */
export type JobId = number;
export type BatchId = number;

export type JobState = 'pending' | 'running' | 'done' | 'failed' | 'cancelled';

/**
 * How an attempt ended.
 * - `done`, `failed` (the handler raised), `crashed` (its process ended), `timed-out`: count against the limit
 * - `aborted` (a person ended or restarted the worker), `cancelled` (a person cancelled the job),
 *   `returned` (it was sent ahead and never started), `lost` (the keeper or the whole machine ended): do not count
 */
export type AttemptOutcome =
  'done' | 'failed' | 'crashed' | 'timed-out' | 'aborted' | 'cancelled' | 'returned' | 'lost';

export type Parameters = Record<string, unknown>;

/** Why an attempt did not end well, as kept with it and shown to people. */
export interface JobError {
  message: string;
  /** The exception's class, or the kind of failure (`exit code 3`, `timeout`). */
  type?: string;
  traceback?: string;
}

export interface AttemptRef {
  job: JobId;
  /** Counts up from 1 for each job. The fencing number: a message with another one is refused. */
  attempt: number;
}

/** What the scheduler must know of a pending job. */
export interface PendingJob {
  id: JobId;
  batch: BatchId;
  pool: string;
  /** Which workers of the pool may take it; see `routeOf`. Empty: any. */
  route: string;
  task: string;
  priority: number;
  parameters: Parameters;
  /** Attempts made so far, of any outcome: the next one's number is this plus one. */
  attempts: number;
  /** Attempts that counted against `maxAttempts`. */
  failures: number;
  maxAttempts: number;
  /** Seconds one attempt may take. */
  timeout: number;
  /** What the last attempt saved, if anything. */
  checkpoint?: unknown;
}

/** A job that was given to a worker. */
export interface Claim extends AttemptRef {
  worker: WorkerId;
  launch: number;
  /** Number of the frame that carried it to the worker, so that a successor knows whether it was delivered. */
  frame: number;
}
