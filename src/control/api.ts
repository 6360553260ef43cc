/**
 * The control API: every operation that a face (VS Code, the terminal, HTTP, a script) can ask of the supervisor, and
 * what it is told without asking. JSON-RPC 2.0 over a local socket. This table is the one place where a method's
 * name, parameters and result stand; the server must handle every entry and the client is typed from it.
 */
import type { AdmissionRefusal } from '../core/admission.ts';
import type { CrewFileProblem } from '../core/crew-file.ts';
import type { HealthCheck } from '../core/health-checks.ts';
import type { BatchId, JobError, JobId, JobState, Parameters } from '../core/job.ts';
import type { Forecast } from '../core/forecast.ts';
import type { PoolSettings } from '../core/pool.ts';
import type { GivenSetting } from '../core/settings.ts';
import type { Labels, WorkerId, WorkerState } from '../core/worker.ts';
import type {
  ArchiveRow,
  AttemptRow,
  BatchRow,
  JobCounts,
  JobDetail,
  JobFilter,
  JobRow,
  RecoveryReport,
  WorkerNote,
  WorkerTransition,
} from '../store/contract.ts';
import type { AlertOutcome, EffectiveSetting } from './care.ts';

/**
 * Goes up when a face and a supervisor of different versions would misunderstand each other: a method or member is taken
 * away, or means something else. One that is added does not count. It stands in the socket's name and in the lease, so
 * that a face never speaks to a supervisor of another version by mistake: it asks it to hand over (`hand-over.ts`).
 */
export const CONTROL_VERSION = 1;

/** Bytes of one request: what a frame of the worker protocol may have, too. A larger one ends the connection. */
export const LARGEST_REQUEST: number = 64 * 1024 * 1024;

/** Which workers are meant. */
export type Selection = { workers: WorkerId[] } | { pool: string } | { labels: Labels } | { all: true };

/** Which jobs are meant: by number, or all that a filter leaves. */
export type JobSelection = { jobs: JobId[] } | { filter: JobFilter };

export interface JobChangeProblem {
  job: JobId;
  message: string;
}

/** What became of a change of many jobs. */
export interface JobsChanged {
  /** Jobs that were named, or that the filter left. */
  matched: number;
  /** To how many of them it was done (with `dryRun`: would be), by the state they were in. */
  changed: Partial<Record<JobState, number>>;
  /** To how many it was not; the first 100 of them, with the reason. */
  refused: number;
  problems: JobChangeProblem[];
  /** For each job that was named by its number; empty for a filter. */
  outcomes: { job: JobId; ok: boolean; message: string }[];
}

/** What happened to one worker; a partial failure is told, not thrown. */
export interface WorkerOutcome {
  worker: WorkerId;
  ok: boolean;
  /** In words: `draining; job 212 is still running`, or why not. */
  message: string;
  /** Admission found no room: it was not started, or, with `force`, was started all the same. */
  refusal?: AdmissionRefusal;
}

/**
 * Names the request itself: made up by who asks, of at most 100 characters, such as a UUID. Asked again under the same name,
 * because the answer was lost with its connection, it is answered with the same, and nothing is enqueued twice; the rest of the
 * request is not looked at then. It is recorded with the batch, so it holds over the death of a supervisor; the newest 10,000 are
 * remembered. `ControlClient` gives every request one, and repeats it once connected again.
 */
export type RequestName = string;

/** What to enqueue into which pool. */
export interface EnqueueRequest {
  request?: RequestName;
  pool: string;
  /** Default `run`. */
  task?: string;
  /** Default: made from the pool and the time. */
  name?: string;
  /** Higher first. Default 0. */
  priority?: number;
  attempts?: number;
  /** Seconds. */
  timeout?: number;
  match?: string[];
  source: EnqueueSource;
}

export type EnqueueSource =
  | { parameters: Parameters }
  /** Values as lists, or ranges as text (`1..200`, `0..100..5`). Values are typed as given. */
  | { matrix: Record<string, unknown[] | string>; base?: Parameters }
  /** An absolute path; the first line of a CSV names the parameters. Numbers and true/false are recognised. */
  | { csv: string; base?: Parameters }
  | { jsonl: string; base?: Parameters };

export interface EnqueueResult {
  batch: BatchId;
  name: string;
  pool: string;
  count: number;
  firstJob: JobId;
}

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

  /** More workers in a pool. Each is admitted or refused on its own; `force`: started all the same, which is audited (A4). */
  add: {
    parameters: { pool: string; count: number; labels?: Labels; force?: boolean; settings?: GivenSetting[] };
    result: { outcomes: WorkerOutcome[] };
  };
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
   * that waits for another try, named by its number, is tried at once.
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

export interface ServerInfo {
  /** New with every start of a supervisor: a stale socket or token is told from a live one by it. */
  serverId: string;
  version: string;
  pid: number;
  keeperPid: number;
  workspace: string;
  startedAt: number;
  recovery: RecoveryReport;
  /** What this supervisor found when it started. Faces tell it once for each server id, and only what is news. */
  start: StartAccount;
}

/** How a supervisor's life began: why there was none, and what became of the crew meanwhile. */
export interface StartAccount {
  cause: StartCause;
  /** Workers whose processes went on and were taken back. */
  adopted: number;
  /** Workers whose processes were gone, or had to be ended because nobody could hear them any more. */
  lost: number;
  /** Jobs that were running on them and went back to the queue. */
  requeued: number;
}

export type StartCause =
  /** Nothing was there before. */
  | 'new'
  /** The one before ended in good order. */
  | 'stopped'
  /** The one before handed over to this one. */
  | 'handed-over'
  /** The one before was killed or crashed; the machine went on. */
  | 'crashed'
  /** The machine was started anew since. */
  | 'rebooted'
  /** A person had the crew taken over from another machine, which was gone. */
  | 'taken-over';

/** A state that lasts and keeps Nightcrew from doing all of its work. One of a kind at a time. */
export interface Trouble {
  /**
   * `storage`: the disk takes nothing; nothing is claimed or acknowledged. `keeper`: it died again and again under the same
   * job, so the workers are not started again. `room`: the machine has no room for workers that are wanted; they wait.
   */
  kind: 'storage' | 'keeper' | 'room';
  /** For a person, with the figures. */
  message: string;
  nextStep?: string;
  since: number;
}

export interface CrewState {
  server: ServerInfo;
  /** Of the newest event in it. */
  sequence: number;
  machine: MachineView;
  pools: PoolView[];
  workers: WorkerView[];
  batches: BatchView[];
  /** The newest ended jobs, newest first, at most 50. */
  recent: RecentJob[];
  crewFile: CrewFileReport;
  /** What is wrong at this moment; empty when all is well. */
  troubles: Trouble[];
  /** True once `up` or `add` was asked and until `down`. */
  wanted: boolean;
}

/** Whole entities that changed since the last delta, never parts of one. */
export interface StateDelta {
  sequence: number;
  machine?: MachineView;
  pools?: PoolView[];
  removedPools?: string[];
  workers?: WorkerView[];
  removedWorkers?: WorkerId[];
  batches?: BatchView[];
  /** Those whose jobs were archived. */
  removedBatches?: BatchId[];
  /** Newly ended jobs, newest first; put before the ones known. */
  recent?: RecentJob[];
  crewFile?: CrewFileReport;
  /** All of them, when one came or went. */
  troubles?: Trouble[];
  wanted?: boolean;
}

export interface MachineView {
  /** Bytes, as the cgroup allows where there is one. */
  memoryTotal: number;
  memoryAvailable: number;
  cores: number;
  /** Of all workers' trees together: bytes, and percent of one core. */
  crewMemory: number;
  crewCpu: number;
  /** Workers that should work: those that live and those that failed. How many of them are healthy. */
  workers: number;
  healthy: number;
}

export interface PoolView {
  name: string;
  command: string[];
  protocol: PoolSettings['protocol'];
  /** How many `up` would start. */
  wanted: number;
  counts: JobCounts;
  /** Jobs that end a minute, over the last one or as far back as the last 20; 0 while nothing runs. */
  perMinute: number;
  /** Seconds until the queue is empty at that rate; absent when unknown. */
  etaSeconds?: number;
  /** How many ended jobs that is concluded from: few make a rough guess. */
  etaFrom?: number;
  /** Pending jobs that wait for another try. */
  delayed?: number;
}

/** A batch, with its rate while jobs of it run. */
export interface BatchView extends BatchRow {
  perMinute?: number;
  etaSeconds?: number;
  etaFrom?: number;
}

export interface WorkerView {
  id: WorkerId;
  pool: string;
  state: WorkerState;
  /** Why it is in this state, in words. */
  reason: string;
  stateSince: number;
  paused: boolean;
  /** No heartbeat for too long, while its process lives. */
  stalled: boolean;
  /** Its whole process tree is stopped by a signal, because a person asked for it: it says nothing, and its job's time limit stands still. */
  frozen: boolean;
  frozenSince?: number;
  /** It beats, but its job does not get on: since when it has not, in words. */
  stuck?: string;
  /** It runs on another machine and has not been heard for so long that its connection is thought to be cut. */
  offline: boolean;
  /** What the health check would say: every check is passed. */
  healthy: boolean;
  /** The checks that it does not pass. */
  findings: HealthCheck[];
  /** Restarts nobody asked for, within the last hour; and when the next one is due, if one is. */
  autoRestarts: number;
  restartDue?: number;
  /** The machine it says it runs on, when that is another one. */
  host?: string;
  labels: Labels;
  launch: number;
  pid?: number;
  launchedAt?: number;
  name?: string;
  language?: string;
  tasks: string[];
  heartbeatAt?: number;
  /** Bytes and percent of one core, of the whole process tree. */
  memory?: number;
  cpu?: number;
  job?: RunningJob;
  jobsDone: number;
  jobsFailed: number;
  lastError?: string;
  /** There is no room for another launch of it; it is started when there is, if the crew file asks for it. */
  refusal?: AdmissionRefusal;
  /** GPUs it has for itself, as nvidia-smi numbers them. */
  devices?: string[];
  /** Absolute path. */
  logFile: string;
}

export interface RunningJob {
  id: JobId;
  attempt: number;
  task: string;
  batchName: string;
  parameters: Parameters;
  startedAt: number;
  progress?: Progress;
}

export interface Progress {
  /** 0 to 1. */
  fraction?: number;
  message?: string;
  at: number;
}

export interface RecentJob {
  id: JobId;
  attempt: number;
  pool: string;
  task: string;
  batchName: string;
  worker: WorkerId;
  outcome: string;
  state: JobState;
  parameters: Parameters;
  finishedAt: number;
  /** Seconds. */
  duration: number;
  error?: JobError;
}

export interface PoolForecast extends Forecast {
  pool: string;
  /** Jobs that wait or run. */
  left: number;
  /** With more or fewer workers. */
  whatIf: Forecast;
}

export interface HealthReport {
  at: number;
  healthy: number;
  total: number;
  workers: { worker: WorkerId; healthy: boolean; checks: HealthCheck[] }[];
}

export interface CrewFileReport {
  /** Absolute path; the file need not exist. */
  file: string;
  exists: boolean;
  pools: { name: string; wanted: number; command: string[] }[];
  batches: { name: string; pool: string; count?: number }[];
  problems: CrewFileProblem[];
}

export type {
  AdmissionRefusal,
  AttemptRow,
  BatchRow,
  CrewFileProblem,
  HealthCheck,
  JobCounts,
  JobDetail,
  JobFilter,
  JobRow,
  WorkerNote,
  WorkerTransition,
};

/** Error codes of the control API, outside JSON-RPC's reserved range (-32768 … -32000). */
export const ControlErrorCode = {
  /** No such pool, worker, job, batch or file. */
  notFound: 4004,
  /** The request makes no sense as it stands. */
  badInput: 4000,
  /** Token or version refused. */
  refused: 4001,
  /** Another machine or container has the workspace, as far as its files tell; a person may have it taken over. */
  elsewhere: 4009,
  /** The crew file has problems. */
  crewFile: 4022,
  /** The disk refused; nothing was acknowledged. */
  storage: 5007,
  /** The supervisor is ending. */
  ending: 5003,
  internal: 5000,
} as const;
export type ControlErrorCode = (typeof ControlErrorCode)[keyof typeof ControlErrorCode];

/** Travels as JSON-RPC error data. */
export interface ControlErrorData {
  /** What to do now, for a person. */
  nextStep?: string;
  /** `file:line`, a pool, a job: what it is about. */
  place?: string;
}

export class ControlError extends Error {
  readonly code: number;
  readonly nextStep: string | undefined;
  readonly place: string | undefined;

  constructor(code: number, message: string, data: ControlErrorData = {}) {
    super(message);
    this.name = 'ControlError';
    this.code = code;
    this.nextStep = data.nextStep;
    this.place = data.place;
  }
}
