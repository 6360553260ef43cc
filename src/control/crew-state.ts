/** What a face knows of the crew: the whole state, and what changed in it since. */
import type { AdmissionRefusal } from '../core/admission.ts';
import type { CrewFileProblem } from '../core/crew-file.ts';
import type { HealthCheck } from '../core/health-checks.ts';
import type { AttemptOutcome, BatchId, JobError, JobId, JobState, Parameters } from '../core/job.ts';
import type { PoolSettings } from '../core/pool.ts';
import type { Labels, WorkerId, WorkerState } from '../core/worker.ts';
import type { RecoveryReport } from '../store/contract.ts';
import type { BatchRow, JobCounts } from '../core/job-records.ts';
import type { RampView } from './ramp-view.ts';

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
  /** How many `up` would start: as many as the crew file says, or as its ramp allows for now. */
  wanted: number;
  /** Absent: it has no ramp, and the crew file plans none. */
  ramp?: RampView;
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
  /** Settings of its pool that have changed since it was started, as the crew file calls them: `run and env`. */
  outdated?: string;
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
  outcome: AttemptOutcome;
  state: JobState;
  parameters: Parameters;
  finishedAt: number;
  /** Seconds. */
  duration: number;
  error?: JobError;
}

export interface CrewFileReport {
  /** Absolute path; the file need not exist. */
  file: string;
  exists: boolean;
  pools: { name: string; wanted: number; command: string[] }[];
  batches: { name: string; pool: string; count?: number }[];
  problems: CrewFileProblem[];
  /** What is probably not meant, and holds all the same. */
  warnings: CrewFileProblem[];
  /** What holds while it has problems, in words; absent without any. */
  meanwhile?: string;
}
