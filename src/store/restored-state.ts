/** What a new supervisor knows of its predecessors' crew. */
import type { SupervisorEnd } from '../core/events.ts';
import type { BatchId, JobId, PendingJob } from '../core/job.ts';
import type { LaunchSettings } from '../core/launch-settings.ts';
import type { PoolSettings } from '../core/pool.ts';
import type { Ramp } from '../core/ramp.ts';
import type { GivenSetting } from '../core/settings.ts';
import type { WorkerEnding } from '../core/worker-ending.ts';
import type { Labels, ProcessIdentity, WorkerId, WorkerProfile, WorkerState } from '../core/worker.ts';
import type { BatchRow, JobCounts } from '../core/job-records.ts';

export interface RestoredState {
  pools: PoolSettings[];
  workers: RestoredWorker[];
  /** Jobs that were given to a worker and have not ended. */
  running: (PendingJob & {
    worker: WorkerId;
    launch: number;
    attempt: number;
    frame: number;
    claimedAt: number;
    /** It was asked to end early. */
    interrupted?: { outcome: 'cancelled' | 'timed-out'; since: number };
  })[];
  /** Pending jobs that are to be tried again later. */
  delayed: (PendingJob & { notBefore: number })[];
  /** Those in which jobs wait. */
  lanes: { pool: string; route: string }[];
  counts: Record<string, JobCounts>;
  batches: BatchRow[];
  /** Of the launches that are remembered for each task of each pool, the oldest first. */
  peaks: MemoryPeak[];
  /** Requests that were answered with a batch, the newest first. */
  requests: AnsweredRequest[];
  ramps: (Ramp & { since: number })[];
  nextJob: JobId;
  nextBatch: BatchId;
  crewWanted: boolean;
  /** What faces gave for settings when workers were started last. */
  settings?: GivenSetting[];
  /** Up to where people were told of things; absent before they were told of any. */
  alertsTold?: AlertsTold;
  /** Archived batches some of whose jobs are still here. */
  toRemove: { batch: BatchId; firstJob: JobId; lastJob: JobId }[];
  /** The newest supervisor before this one; `ended` is not set when it did not come to say that it ends. */
  lastSupervisor?: { server: string; version: string; process: ProcessIdentity; ended?: SupervisorEnd };
}

/** Whoever repeats a request does so within minutes; a script that never stops enqueues fewer in that time. */
export const REMEMBERED_REQUESTS = 10_000;

/** What a request to enqueue was answered with; asked again, it is answered with the same. */
export interface AnsweredRequest {
  request: string;
  batch: BatchId;
  name: string;
  pool: string;
  count: number;
  firstJob: JobId;
}

export interface RestoredWorker {
  id: WorkerId;
  pool: string;
  state: WorkerState;
  reason: string;
  stateSince: number;
  paused: boolean;
  labels: Labels;
  launch: number;
  process?: ProcessIdentity;
  profile?: WorkerProfile;
  jobsDone: number;
  jobsFailed: number;
  lastError?: string;
  /** See `recent-outcomes.ts`. */
  outcomes: string;
  /** When it was started again without being asked, the newest at most 3; and whether that was given up since. */
  autoRestarts: number[];
  hasGivenUp: boolean;
  launchedAt?: number;
  /** What was decided about its end, if it is to end. */
  ending?: WorkerEnding;
  /** GPUs of its newest launch that had any: it is given the same again if they are free. */
  devices?: string[];
  /** As it was started. */
  settings?: LaunchSettings;
  /** Since when its tree is stopped by a signal, if it is; milliseconds since 1970. */
  frozenSince?: number;
}

/** The most memory that one launch of a worker has used while it ran a task. Bytes. */
export interface MemoryPeak {
  pool: string;
  task: string;
  worker: WorkerId;
  launch: number;
  bytes: number;
}

/** The newest event of which people were told, and its time. */
export interface AlertsTold {
  through: number;
  at: number;
}
