/**
 * Every change of state, as one typed event. The same ordered events are durability (the journal), the feed of
 * every face, and history. All values are resolved in the event: applying one needs no clock and no chance.
 */
import type { JobGroup } from './id-ranges.ts';
import type { AttemptOutcome, BatchId, JobError, JobId, Parameters } from './job.ts';
import type { LaunchSettings } from './launch-settings.ts';
import type { Matrix } from './matrix.ts';
import type { PoolSettings } from './pool.ts';
import type { Ramp } from './ramp.ts';
import type { GivenSetting } from './settings.ts';
import type { WorkerEnding } from './worker-ending.ts';
import type { Labels, ProcessIdentity, WorkerId, WorkerProfile, WorkerState } from './worker.ts';

export type BatchSource =
  /** Expanded by `expandMatrix`, which is deterministic: a million jobs cost a hundred bytes. */
  { matrix: Matrix; base?: Parameters } | { rows: Parameters[] };

export interface BatchEnqueued {
  type: 'batch.enqueued';
  batch: BatchId;
  name: string;
  pool: string;
  task: string;
  priority: number;
  maxAttempts: number;
  /** Seconds for each attempt. */
  timeout: number;
  /** Parameters that must equal the worker's labels of the same name; empty: any worker of the pool. */
  match: string[];
  /** Jobs `firstJob` … `firstJob + count - 1`, in the order of the source. */
  firstJob: JobId;
  count: number;
  source: BatchSource;
  /** Hash of the crew file's definition this came from, if it did: tells "the same batch again". */
  definition?: string;
  /** The request that it answers, as who asked named it: asked for again, it is this batch. */
  request?: string;
}

export interface JobClaimed {
  type: 'job.claimed';
  job: JobId;
  attempt: number;
  worker: WorkerId;
  launch: number;
  frame: number;
}

export interface JobFinished {
  type: 'job.finished';
  job: JobId;
  attempt: number;
  outcome: AttemptOutcome;
  /** The state the job is in from now on; `pending` means it is tried again. */
  next: 'done' | 'failed' | 'pending' | 'cancelled';
  /** When its worker began with it, milliseconds since 1970. */
  startedAt: number;
  /** When its end was heard, on the same clock: a journal record stamps all its events with the time of the first. */
  finishedAt: number;
  /** Of a job that is tried again after a failure: not before this time, on the same clock. */
  notBefore?: number;
  result?: unknown;
  error?: JobError;
  /** The last 1,000 characters of the worker's log, kept with an attempt that did not end well. */
  logTail?: string;
}

/** What was found about a worker, or done to it unasked, and changes no state: for those who ask later why. */
export interface WorkerNoted {
  type: 'worker.noted';
  worker: WorkerId;
  launch: number;
  kind: WorkerNoteKind;
  reason: string;
}

export type WorkerNoteKind =
  /** It said nothing for too long, and was heard again. */
  | 'stalled'
  | 'heard'
  /** Its job did not get on, and got on again. */
  | 'stuck'
  | 'moved'
  /** It was started again without being asked; counted by the throttle. */
  | 'restarted'
  /** It is not started again for now: too often already. */
  | 'given-up';

export type JournalEvent =
  | { type: 'pool.declared'; pool: PoolSettings }
  | { type: 'pool.removed'; pool: string }
  | { type: 'worker.added'; worker: WorkerId; pool: string; labels: Labels }
  /** `devices`: the GPUs that this launch alone may use; absent: its pool does not ask for any. */
  | {
      type: 'worker.launched';
      worker: WorkerId;
      launch: number;
      command: string[];
      devices?: string[];
      settings?: LaunchSettings;
    }
  /** Admission found no room for another launch, for these reasons; `overridden`: a person had it launched all the same. */
  | { type: 'worker.refused'; worker: WorkerId; pool: string; reasons: string[]; overridden: boolean }
  /** The most memory that a launch's whole tree has been seen to use while it ran a task; grows. Bytes. */
  | {
      type: 'memory.peaked';
      pool: string;
      task: string;
      worker: WorkerId;
      launch: number;
      bytes: number;
    }
  | { type: 'worker.spawned'; worker: WorkerId; launch: number; process: ProcessIdentity }
  | { type: 'worker.registered'; worker: WorkerId; launch: number; profile: WorkerProfile }
  | {
      type: 'worker.transitioned';
      worker: WorkerId;
      launch: number;
      from: WorkerState | null;
      to: WorkerState;
      reason: string;
    }
  /**
   * Decided, or decided anew, about a worker that was launched. Holds until it is FAILED or DEAD, or launched again if it is to be.
   * Of one that has ended: whether it is started again, when there is room for it.
   */
  | { type: 'worker.ending'; worker: WorkerId; launch: number; ending: WorkerEnding }
  | { type: 'worker.paused'; worker: WorkerId; paused: boolean }
  /** Its whole tree is stopped by a signal, or let go on: decided, and so carried out again by a successor. */
  | { type: 'worker.frozen'; worker: WorkerId; launch: number; frozen: boolean }
  | { type: 'worker.removed'; worker: WorkerId }
  | WorkerNoted
  | BatchEnqueued
  | JobClaimed
  | JobFinished
  | { type: 'job.checkpointed'; job: JobId; attempt: number; checkpoint: unknown }
  /** A successor found that the worker had not got its job, and sends it again. */
  | { type: 'job.resent'; job: JobId; attempt: number; frame: number }
  /** The worker was asked to end the attempt early; how the attempt ended is told by `job.finished`. */
  | { type: 'job.interrupted'; job: JobId; attempt: number; outcome: 'cancelled' | 'timed-out' }
  /** A pending job was cancelled; a running one ends by `job.finished` with the outcome `cancelled`. */
  | { type: 'job.cancelled'; job: JobId; reason: string }
  /** What a face that started workers was given by its environment and its settings; holds until the next one does. */
  | { type: 'settings.given'; settings: GivenSetting[] }
  /** People were told of everything up to the event of this number that they are to be told of. */
  | { type: 'alerts.told'; through: number; at: number }
  /** A ramp was started, has gone on, was held, rolled back, completed or given up: all of it, as it is from now on. */
  | { type: 'ramp.moved'; ramp: Ramp }
  /** So many seconds has its step lived through; a supervisor that takes over goes on counting here. */
  | { type: 'ramp.soaked'; pool: string; soaked: number }
  /** The jobs of a batch that had ended stand in this file; they are shown no longer, and are removed from now on. */
  | { type: 'batch.archived'; batch: BatchId; file: string }
  /** Of an archived batch, the jobs up to this one are gone; with the last of them, so is the batch. */
  | { type: 'jobs.removed'; batch: BatchId; through: JobId }
  /**
   * Many jobs at once, as a person chose them. The groups say which they were at this place in the order of events, so that
   * nothing is looked for when they are applied. Waiting ones that were cancelled:
   */
  | { type: 'jobs.cancelled'; groups: JobGroup[]; reason: string }
  /**
   * They are pending once more, without failures and without a delay, and their numbers of attempts go on. A checkpoint stays,
   * unless `fresh`, or the job was done: then its run is complete.
   */
  | { type: 'jobs.requeued'; groups: JobGroup[]; fresh: boolean }
  /** Pending and running ones. */
  | { type: 'jobs.reprioritised'; groups: JobGroup[]; priority: number }
  /** The crew is wanted (or not): a supervisor that starts brings the workers back only if it is. */
  | { type: 'crew.wanted'; wanted: boolean }
  /** Begins each supervisor's part of the journal; one that is not followed by its end did not come to write it. */
  | { type: 'supervisor.started'; server: string; version: string; process: ProcessIdentity }
  | { type: 'supervisor.ended'; server: string; why: SupervisorEnd };

/** `replaced`: another supervisor goes on with the keeper and its workers. The others leave no worker alive. */
export type SupervisorEnd = 'stopped' | 'idle' | 'replaced';

/** An event with its place in the one order of all events and its time (milliseconds since 1970). */
export type StampedEvent = JournalEvent & { sequence: number; at: number };
