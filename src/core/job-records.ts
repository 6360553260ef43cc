/** What is recorded of jobs and batches, as questions about them are answered. */
import type { AttemptOutcome, BatchId, JobError, JobId, JobState, Parameters } from './job.ts';
import type { WorkerId } from './worker.ts';

export interface JobCounts {
  pending: number;
  running: number;
  done: number;
  failed: number;
  cancelled: number;
}

export interface JobFilter {
  pool?: string;
  batch?: BatchId;
  states?: JobState[];
  worker?: WorkerId;
  /** When it ended, milliseconds since 1970: from, and before. Jobs that have not ended are left out. */
  finishedSince?: number;
  finishedUntil?: number;
  enqueuedSince?: number;
  enqueuedUntil?: number;
  /** Found anywhere in the parameters, the result or the error, case ignored. */
  search?: string;
  /** Newest first instead of oldest first. */
  newestFirst?: boolean;
}

/** What a person did to a job, mostly together with others. */
export interface JobChangeRow {
  at: number;
  kind: 'cancelled' | 'requeued' | 'reprioritised';
  /** The reason; `fresh` when its checkpoint was given up; the new priority. */
  detail: string;
}

export interface JobRow {
  id: JobId;
  batch: BatchId;
  batchName: string;
  pool: string;
  route: string;
  task: string;
  priority: number;
  state: JobState;
  attempts: number;
  /** Since it was put back by hand last. */
  failures: number;
  maxAttempts: number;
  parameters: Parameters;
  worker?: WorkerId;
  enqueuedAt: number;
  /** A failed attempt is followed by the next one not before this time. */
  notBefore?: number;
  startedAt?: number;
  finishedAt?: number;
  result?: unknown;
  error?: JobError;
}

export interface BatchDurations {
  batch: BatchId;
  task: string;
  /** Seconds; the newest jobs' last. */
  seconds: number[];
}

export interface AttemptRow {
  attempt: number;
  worker: WorkerId;
  launch: number;
  startedAt: number;
  finishedAt: number;
  outcome: AttemptOutcome;
  error?: JobError;
  logTail?: string;
}

export interface JobDetail extends JobRow {
  /** Seconds. */
  timeout: number;
  checkpoint?: unknown;
  attemptHistory: AttemptRow[];
}

export interface BatchRow {
  id: BatchId;
  name: string;
  pool: string;
  task: string;
  enqueuedAt: number;
  count: number;
  counts: JobCounts;
  definition?: string;
  /** The archive that has its jobs; the counts are those of then. */
  archived?: string;
  /** When its last job ended, if all have. */
  finishedAt?: number;
}

/** One file of jobs that are in the database no longer. */
export interface ArchiveRow {
  /** Within the folder of archives. */
  file: string;
  archivedAt: number;
  batches: number;
  jobs: number;
  done: number;
  failed: number;
  cancelled: number;
  firstJob: JobId;
  lastJob: JobId;
}
