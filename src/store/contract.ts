/**
 * What the store gives the supervisor: one journal, and a SQLite projection of it that lives in a thread of its own, so
 * that neither a snapshot of a million jobs nor a slow query ever stops the scheduling loop.
 *
 * Order of promises: an event is *written* (in the operating system's hands: it survives a SIGKILL of this
 * process) before anything is told to a worker because of it, and *flushed* (on the disk: it survives a power cut)
 * before anything is acknowledged to a person or a program.
 */
import type { AlertFact } from '../core/alert.ts';
import type { JournalEvent } from '../core/events.ts';
import type { JobGroup } from '../core/id-ranges.ts';
import type { BatchId, JobId, PendingJob } from '../core/job.ts';
import type { LanePosition } from '../core/lane-position.ts';
import type { WorkerId } from '../core/worker.ts';
import type { PoolRecord } from './pool-record.ts';
import type { AlertsTold, RestoredState } from './restored-state.ts';
import type {
  ArchiveRow,
  AttemptRow,
  BatchDurations,
  BatchRow,
  JobChangeRow,
  JobDetail,
  JobFilter,
  JobRow,
} from '../core/job-records.ts';
import type { RefusalRow, WorkerNote, WorkerTransition } from '../core/worker-records.ts';
import type { StoreError } from './store-error.ts';

export interface Store {
  /** Sequence number of the newest event. */
  readonly lastSequence: number;
  /** What start-up found; faces show it when something was repaired. */
  readonly recovery: RecoveryReport;
  /**
   * Adds an event to the journal's buffer. Costs no system call. The events appended between two calls of `write`, `flush` or
   * `query` are one record: after a crash, all of them are there or none. They share the time of the first.
   * Throws an InvariantError, and takes nothing, when the event does not fit what came before: a bug of the caller.
   */
  append(event: JournalEvent): EventStamp;
  /**
   * Writes all that was appended, then these events as one record of their own: for what somebody asks for and may be refused.
   * Throws StoreError when the disk refuses; then these events never were, and no later write brings them. The events must
   * not depend on each other. The stamp is the first one's.
   */
  record(events: readonly JournalEvent[]): EventStamp;
  /** Why the store takes nothing any more, if it does not. */
  readonly failure: StoreError | undefined;
  /** Bytes, about, of what was appended and is not written. Above 0 only while the disk refuses. */
  readonly unwritten: number;
  /**
   * The database is so far behind the events that no new work should be taken in: what waits for it is in memory. Who takes in
   * work asks right before, and waits by `caughtUp`; all else may be appended.
   */
  readonly isBehind: boolean;
  /** Resolves when the database is not too far behind any more. Rejects with a StoreError when the store has ended. */
  caughtUp(): Promise<void>;
  /**
   * Hands all that was appended to the operating system. Throws StoreError when the disk refuses; the events are kept, and the
   * next call tries them again.
   */
  write(): void;
  /**
   * Resolves when all that was appended before the call is on the disk; one fdatasync serves all who wait. A flush that
   * fails is final: every later call fails too, and only a new start finds out what the disk holds.
   */
  flush(): Promise<void>;
  /** Asks the projection. The answer reflects every event appended before the call. */
  query<Name extends keyof StoreQueries>(
    name: Name,
    parameters: StoreQueries[Name]['parameters'],
  ): Promise<StoreQueries[Name]['result']>;
  /** Flushes, writes a snapshot and ends the thread. Idempotent. A snapshot that fails is only logged: the journal has all. */
  /**
   * Looks whether the files are still where the next start looks for them, and writes anew what was removed or replaced
   * under the store. `flush` looks at the one it has written to.
   */
  keepInPlace(): Promise<void>;
  close(): Promise<void>;
}

/** The place and time that an event was given. */
export interface EventStamp {
  sequence: number;
  /** Milliseconds since 1970. */
  at: number;
}

export interface RecoveryReport {
  /** Bytes cut from the journal's tail because their record was not whole. */
  tornBytes: number;
  /** Why the newest snapshot was not used, if it was not. */
  snapshotProblem?: string;
  /** Events read from the journal after the snapshot. */
  replayed: number;
  /** Present when something was broken that had been saved. */
  damage?: DamageReport;
}

/** What was broken at the start, what became of it, and where the damaged files are. A new snapshot holds what was rescued. */
export interface DamageReport {
  /** One sentence for each thing that was found. */
  problems: string[];
  /** The folder in which the damaged files are kept whole, with an account of what was done. */
  keptIn: string;
  /** Events that are gone, by the count of their numbers. */
  lost: number;
  /** Events behind the damage that were read all the same. */
  salvaged: number;
  /** Events that were read but do not fit: what they build on is lost. The account has them. */
  skipped: number;
  /** Events that fitted after what they build on was put in place, such as the beginning of an attempt whose end is known. */
  mended: number;
  /** Workers that may have jobs which are not recorded any more: they must not go on. */
  doubtfulWorkers: WorkerId[];
}

export interface StoreQueries {
  /** All that a supervisor needs in memory, once at its start. */
  restore: { parameters: Record<never, never>; result: RestoredState };
  /**
   * The next pending jobs of one lane behind `after`, best first: at most `limit`, and no further one when they have `size`
   * characters of parameters and checkpoints. `more`: one of these limits was met, so others may follow.
   */
  pendingHead: {
    parameters: { pool: string; route: string; after?: LanePosition; limit: number; size: number };
    result: { jobs: PendingJob[]; more: boolean };
  };
  jobs: {
    parameters: JobFilter & { offset: number; limit: number };
    result: { total: number; jobs: JobRow[] };
  };
  job: { parameters: { job: JobId }; result: JobDetail | null };
  /** The jobs with these ids, or all that the filter leaves, by batch and state. */
  jobGroups: { parameters: { ids: JobId[] } | { filter: JobFilter }; result: JobGroup[] };
  /** Routes of a pool on which jobs wait. */
  routes: { parameters: { pool: string }; result: string[] };
  /** How long the newest jobs of a pool took that are done, by batch: at most `limit` of each. */
  durations: { parameters: { pool: string; limit: number }; result: BatchDurations[] };
  batches: { parameters: { name?: string }; result: BatchRow[] };
  /** Finished jobs of a batch with their results, by id, for export. */
  /** Jobs of a batch with all that is known of them, by id: for an archive. */
  wholeJobs: { parameters: { batch: BatchId; after: JobId; limit: number }; result: JobDetail[] };
  /** Archived batches some of whose jobs are still here. */
  toRemove: { parameters: Record<never, never>; result: RestoredState['toRemove'] };
  archives: { parameters: Record<never, never>; result: ArchiveRow[] };
  /** What people are to be told of that came behind an event, oldest first. */
  alertable: { parameters: AlertsTold & { limit: number }; result: AlertFact[] };
  results: { parameters: { batch: BatchId; after: JobId; limit: number }; result: JobRow[] };
  workerHistory: { parameters: { worker: WorkerId; limit: number }; result: WorkerTransition[] };
  /** What admission refused, newest first: of a worker, of a pool, or all. */
  refusals: { parameters: { worker?: WorkerId; pool?: string; limit: number }; result: RefusalRow[] };
  /** What is recorded of a pool since a time, oldest first: at most `limit` of each kind, the newest. */
  poolRecord: { parameters: { pool: string; since: number; limit: number }; result: PoolRecord };
  workerNotes: { parameters: { worker: WorkerId; limit: number }; result: WorkerNote[] };
  /** What people did to a job, newest first. */
  jobChanges: { parameters: { job: JobId; limit: number }; result: JobChangeRow[] };
  /** Jobs of these routes that wait and could be given out `now`, with `before` only those that go before it; the highest priority of all that wait. */
  waiting: {
    parameters: { pool: string; routes: string[]; before?: LanePosition; now: number };
    result: { count: number; highestPriority?: number };
  };
  /** Attempts on a worker that did not get done, newest first. Looks through all attempts: for a person who asks. */
  brokenAttempts: {
    parameters: { worker: WorkerId; limit: number };
    result: (AttemptRow & { job: JobId })[];
  };
  /** The most memory that a launch was seen to use while it ran a task, if that is remembered. Bytes. */
  memoryPeak: {
    parameters: { pool: string; task: string; worker: WorkerId; launch: number };
    result: number | null;
  };
}
