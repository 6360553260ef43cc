/** What is known of a crew, a pool and its workers when somebody asks why. All times are milliseconds since 1970. */
import type { AttemptRow, JobChangeRow, JobDetail } from './job-records.ts';
import type { JobId } from './job.ts';
import type { RestartCause } from './pool.ts';
import type { WorkerPhase } from './worker-commands.ts';
import type { RefusalRow } from './worker-records.ts';
import type { Labels, WorkerId, WorkerState } from './worker.ts';

export interface CrewFacts {
  now: number;
  /** Whether workers are to be started at all: after `up`, until `down`. */
  wanted: boolean;
  /** What keeps Nightcrew from its work at this moment. */
  troubles: { kind: 'storage' | 'keeper' | 'room'; message: string; nextStep?: string; since: number }[];
  /** The first problem of the crew file, with its place, if it cannot be used. */
  crewFileProblem?: { message: string; place: string };
}

export interface PoolFacts {
  name: string;
  /** Workers that the crew file asks for; undefined: it does not have the pool any more. */
  asked?: number;
  /** Why one of its workers can never be admitted on this machine: `needs 64 GB, and the machine has 31 GB`. */
  neverFits: string[];
  autoRestart: readonly RestartCause[];
  workers: WorkerFacts[];
  /** Its ramp, while that holds it at fewer workers: how many, and how it stands in words. */
  ramp?: { workers: number; text: string };
  /** Jobs of it that end a minute; 0: nothing is running, or nothing has ended. */
  perMinute: number;
  /** Jobs that wait for another try. */
  delayed: number;
}

export interface WorkerFacts {
  id: WorkerId;
  pool: string;
  labels: Labels;
  state: WorkerState;
  /** How far it is, what has been asked of it already. */
  phase: WorkerPhase;
  /** Why it is in its state, and since when. */
  reason: string;
  since: number;
  /** Its number; 0: it was never started. */
  launch: number;
  paused: boolean;
  frozenSince?: number;
  /** When it was heard last. */
  heardAt?: number;
  stalled: boolean;
  offline: boolean;
  host?: string;
  /** Since when its job does not get on, in words. */
  stuck?: string;
  job?: RunningJobFacts;
  /** Jobs that were sent to it ahead. */
  ahead: JobId[];
  /** In all its launches: jobs that got done, attempts that failed. */
  jobsDone: number;
  jobsFailed: number;
  /** Settings of its pool that have changed since it was started. */
  outdated?: string;
  /** The checks that it does not pass, in words. */
  findings: string[];
  /** Why there is no room for another launch. */
  refusal?: { reasons: string[]; nextStep: string };
  /** It is started by itself as soon as there is room. */
  waitsForRoom: boolean;
  /** It is just being started again. */
  isRelaunching: boolean;
  /** When it is started again by itself. */
  restartDue?: number;
  /** Restarts that nobody asked for within the last hour, and that they are used up. */
  autoRestarts: number;
  hasGivenUp: boolean;
  /** Until when it has to have registered, or to have ended before it is forced to. */
  registersBy?: number;
  forcedAt?: number;
  /** Why it is to end. */
  endingReason?: string;
  /** When it is dropped from the list. */
  removedBy?: number;
}

export interface RunningJobFacts {
  id: JobId;
  attempt: number;
  /** When its worker began with it. */
  startedAt: number;
  fraction?: number;
  message?: string;
  /** Its worker was asked to end it. */
  interrupted?: 'cancelled' | 'timed-out' | 'returned' | 'aborted';
}

export type AttemptFacts = Omit<AttemptRow, 'launch'>;

/** What is recorded of the job itself, as far as an explanation needs it. */
export type ExplainedJob = Omit<
  JobDetail,
  'parameters' | 'worker' | 'startedAt' | 'result' | 'attemptHistory'
> & { attemptHistory: readonly AttemptFacts[] };

export interface JobFacts {
  crew: CrewFacts;
  job: ExplainedJob;
  /** Undefined: nothing is known of its pool any more. */
  pool: PoolFacts | undefined;
  /** What people did to it, newest first. */
  changes: readonly JobChangeRow[];
  /** Of a waiting one: how many go before it, and the highest priority among them. */
  before: { count: number; highestPriority?: number } | undefined;
  /** Of a running one. */
  worker: WorkerFacts | undefined;
  /** The most memory that the launch of its last attempt was seen to use, bytes. */
  peak: number | undefined;
  /** What admission refused of its pool lately, newest first. */
  refusals: readonly Omit<RefusalRow, 'pool'>[];
}
