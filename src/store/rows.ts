/** What the database says of jobs, batches and workers, as questions about them are answered. */
import type { WorkerNoteKind } from '../core/events.ts';
import type { AttemptOutcome, BatchId, JobError, JobId, JobState, Parameters } from '../core/job.ts';
import type { WorkerId, WorkerState } from '../core/worker.ts';

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

/** What was found about a worker, or done to it unasked. */
export interface WorkerNote {
  at: number;
  launch: number;
  /** Also what a person did to it that is no transition. */
  kind: WorkerNoteKind | 'paused' | 'resumed' | 'frozen' | 'continued' | 'removed';
  reason: string;
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

export interface RefusalRow {
  at: number;
  worker: WorkerId;
  pool: string;
  /** In words, with the figures. */
  reasons: string[];
  /** It was started all the same, by a person's word. */
  overridden: boolean;
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

export interface WorkerTransition {
  at: number;
  launch: number;
  from: WorkerState | null;
  to: WorkerState;
  reason: string;
}
