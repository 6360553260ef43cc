/**
 * The control API: every operation that a face (VS Code, the terminal, HTTP, a script) can ask of the supervisor, and
 * what it is told without asking. JSON-RPC 2.0 over a local socket. This table is the one place where a method's
 * name, parameters and result stand; the server must handle every entry and the client is typed from it.
 */
import type { Explanation } from '../core/explanation.ts';
import type { BatchId, JobId } from '../core/job.ts';
import type { GivenSetting } from '../core/settings.ts';
import type { Labels, WorkerId } from '../core/worker.ts';
import type { ArchiveRow, BatchRow, JobDetail, JobFilter, JobRow } from '../core/job-records.ts';
import type { WorkerNote, WorkerTransition } from '../core/worker-records.ts';
import type { EffectiveSetting } from '../core/effective-settings.ts';
import type { AlertOutcome } from './care.ts';
import type { CrewFileReport, CrewState, ServerInfo, StateDelta } from './crew-state.ts';
import type { DrillRuns, EnqueueRequest, EnqueueResult, LastDrill, RequestName } from './enqueue-request.ts';
import type { RampAction } from '../core/ramp-actions.ts';
import type { HealthReport } from './health-report.ts';
import type { MetricsReport, MetricsRequest } from './metrics-report.ts';
import type { PoolForecast } from './pool-forecast.ts';
import type { PoolRoom } from './pool-room.ts';
import type { RampView } from './ramp-view.ts';
import type { JobSelection, JobsChanged, Selection, WorkerOutcome } from './selection.ts';

/**
 * Goes up when a face and a supervisor of different versions would misunderstand each other: a method or member is taken
 * away, or means something else. One that is added does not count. It stands in the socket's name and in the lease, so
 * that a face never speaks to a supervisor of another version by mistake: it asks it to hand over (`hand-over.ts`).
 */
export const CONTROL_VERSION = 1;

/** Bytes of one request: what a frame of the worker protocol may have, too. A larger one ends the connection. */
export const LARGEST_REQUEST: number = 64 * 1024 * 1024;

export interface ControlRequests {
  /** First on every connection. A wrong token or version is refused and the connection closed. */
  connect: { parameters: { token: string; version: number; client: string }; result: ServerInfo };
  /** The state now, and from now on `state/changed` notifications to this connection, at most 10 a second. */
  subscribe: { parameters: Record<never, never>; result: CrewState };
  unsubscribe: { parameters: Record<never, never>; result: null };
  /** The state once. */
  status: { parameters: Record<never, never>; result: CrewState };

  /**
   * Starts the workers of the crew file (or of some pools), up to each pool's count; those that live are kept. Those that there
   * is no room for wait for it, unless `force`.
   */
  up: {
    parameters: { pools?: string[]; force?: boolean; settings?: GivenSetting[] };
    result: { started: WorkerOutcome[]; kept: WorkerId[] };
  };
  /**
   * Ends all workers and then the supervisor and the keeper. Answered when the workers are gone. `unlessAttended`: only if no
   * other connection attends; otherwise nothing is done.
   */
  down: {
    parameters: { mode: 'drain' | 'stop' | 'abort'; unlessAttended?: boolean };
    /** `ended` is false when somebody wanted the crew again while it was waited for: then it goes on. */
    result: { outcomes: WorkerOutcome[]; ended: boolean; attended?: boolean };
  };
  /** This connection works with the crew until it closes or says that it does no more: a run of a crew file. */
  attend: { parameters: { attending: boolean }; result: null };

  /** More workers in a pool. Each is admitted or refused on its own; `force`: started all the same, which is audited. */
  add: {
    parameters: { pool: string; count: number; labels?: Labels; force?: boolean; settings?: GivenSetting[] };
    result: { outcomes: WorkerOutcome[] };
  };
  /** How many more workers of each pool of the crew file there is room for now, at most 100, and why no more. */
  room: { parameters: Record<never, never>; result: { pools: PoolRoom[] } };
  /*
   * Commands on workers. What each does to a worker, whatever was asked of it before, stands in `src/core/worker-commands.ts`. Each
   * worker is answered for on its own, also one that is named and does not exist. A filter means those that the command can do
   * something to. Answered at once; with `wait` when it has come about, and then with what has.
   */
  /** Finish the current job, then end. */
  drain: { parameters: { select: Selection; wait?: boolean }; result: { outcomes: WorkerOutcome[] } };
  /** End gracefully: within the pool's grace (30 s), then forced. The job goes back to the queue with its checkpoint. */
  stop: { parameters: { select: Selection; wait?: boolean }; result: { outcomes: WorkerOutcome[] } };
  /** Force terminate. The current job's work is lost; the job goes back to the queue. Answered when they have ended. */
  abort: { parameters: { select: Selection }; result: { outcomes: WorkerOutcome[] } };
  /**
   * Stop, and start again under the same id. One that has ended is started if there is room for it, or with `force`. `wait`: until
   * they have registered.
   */
  restart: {
    parameters: { select: Selection; force?: boolean; wait?: boolean };
    result: { outcomes: WorkerOutcome[] };
  };
  /** Stop or go on claiming. `wait`: until they have no job. */
  pause: {
    parameters: { select: Selection; paused: boolean; wait?: boolean };
    result: { outcomes: WorkerOutcome[] };
  };
  /** Stop the whole process tree by a signal, or let it go on. Refused on Windows. */
  freeze: { parameters: { select: Selection; frozen: boolean }; result: { outcomes: WorkerOutcome[] } };
  /** Drop dead and failed workers from the list. */
  remove: { parameters: { select: Selection }; result: { outcomes: WorkerOutcome[] } };
  health: { parameters: { select: Selection }; result: HealthReport };
  /** Looks now at what is otherwise looked at once a second: startup times, limits, heartbeats. The state after it. */
  tick: { parameters: Record<never, never>; result: CrewState };
  /** Memory, CPU, load and ended jobs of workers and pools over time: seconds for an hour, minutes for a day, 30 days in all. */
  metrics: { parameters: MetricsRequest; result: MetricsReport };
  /** Why a job or a worker is as it is, and what would help; from what is recorded, so also afterwards. */
  explain: { parameters: { job: JobId } | { worker: WorkerId }; result: Explanation };
  history: { parameters: { worker: WorkerId; limit?: number }; result: WorkerTransition[] };
  /** What was found about a worker, or done to it unasked: stalled, stuck, restarted, given up. Newest first. */
  notes: { parameters: { worker: WorkerId; limit?: number }; result: WorkerNote[] };

  enqueue: { parameters: EnqueueRequest; result: EnqueueResult };
  /**
   * Enqueues batches of the crew file; all, when none is named. A batch that was enqueued before from the same
   * definition is skipped unless `again`: what is unfinished goes on, what is done stays done.
   */
  enqueueBatches: {
    parameters: { request?: RequestName; batches?: string[]; again?: boolean };
    result: { enqueued: EnqueueResult[]; skipped: { name: string; batch: BatchRow; reason: string }[] };
  };
  /**
   * Enqueues batches of the crew file (all, when none is named) `times` times over, behind everything that waits and with one
   * attempt for each job. Whoever asks waits for them and compares the results (`core/drill.ts`).
   */
  drill: { parameters: { batches?: string[]; times: number }; result: { drills: DrillRuns[] } };
  /** The newest drill of a batch, for who did not wait for it (`drill-report.ts`). */
  lastDrill: { parameters: { batch: string }; result: LastDrill };
  jobs: {
    parameters: JobFilter & { offset?: number; limit?: number };
    /** `archived`: ended jobs that are in files of the archives folder instead, if any are. */
    result: { total: number; jobs: JobRow[]; archived?: number };
  };
  job: { parameters: { job: JobId }; result: JobDetail };
  /** Those that wait are cancelled; those that run are asked to end. With a filter without states: all of both. */
  cancel: { parameters: JobSelection & { dryRun?: boolean }; result: JobsChanged };
  /**
   * Ended jobs are pending again, with all their attempts before them; with a filter without states, the failed ones. What a
   * done job had as its result is given up. They begin at their checkpoint, unless `fresh`, and done ones always anew. A job
   * that waits for another try, named by its number or by `pending` in a filter, is tried at once; others that are pending are refused.
   */
  requeue: { parameters: JobSelection & { fresh?: boolean; dryRun?: boolean }; result: JobsChanged };
  /** Waiting and running ones: one that runs has the new priority if it is tried again. */
  reprioritise: {
    parameters: JobSelection & { priority: number; dryRun?: boolean };
    result: JobsChanged;
  };
  /** When the jobs of a pool, or of all, will have ended, and what other numbers of workers would make of it. */
  forecast: {
    parameters: {
      pool?: string;
      /** How many workers more (or fewer) to think of. Default 1. */
      more?: number;
    };
    result: { at: number; pools: PoolForecast[] };
  };
  /** Of the pools that have one, or are to have one by the crew file. */
  ramps: { parameters: Record<never, never>; result: RampView[] };
  /** What a person does to the ramp of a pool; to start it starts workers. Refused when it is not possible in its state. */
  ramp: {
    parameters: { action: RampAction; pool: string; settings?: GivenSetting[] };
    /** In words, what came of it. */
    result: { message: string; ramp: RampView };
  };
  batches: { parameters: { name?: string }; result: BatchRow[] };
  /** Writes a batch's parameters and results as CSV to `.nightcrew/results/<name>.csv`, replacing it whole. */
  exportResults: { parameters: { batch: BatchId }; result: { file: string; rows: number } };
  /** Each setting that holds now, and where it stands; `settings`: what who asks would give, where nobody has yet. */
  settings: { parameters: { settings?: GivenSetting[] }; result: EffectiveSetting[] };
  /** Sends a test by every way that the crew file names under `alerts:`. Empty: it names none. */
  alert: { parameters: Record<never, never>; result: { outcomes: AlertOutcome[] } };
  archives: { parameters: Record<never, never>; result: { folder: string; archives: ArchiveRow[] } };
  /** Pools of the crew file and the queue, with problems of the crew file if it has any. */
  crewFile: { parameters: Record<never, never>; result: CrewFileReport };
}

export interface ControlNotifications {
  'state/changed': StateDelta;
  /** Something a person should know: a worker failed to start, a crew file became invalid, the disk is full. */
  notice: Notice;
}

export interface Notice {
  severity: 'info' | 'warning' | 'error';
  message: string;
  nextStep?: string;
  worker?: WorkerId;
}
