/** What a pool is: a named group of like workers and their queue, as the crew file describes it. */
import type { HealthSettings } from './health-settings.ts';
import type { Matrix } from './matrix.ts';
import type { RampSettings } from './ramp.ts';
import { DEFAULT_BACKOFF, type Backoff } from './retry-delay.ts';

export interface PoolSettings {
  name: string;
  /**
   * How a worker is started: an argument list, no shell. `protocol: "worker"` speaks the worker protocol itself;
   * `"command"` is any command line, run once for each job by the built-in command worker.
   */
  command: string[];
  protocol: 'worker' | 'command';
  /** How many workers `up` starts; with a matrix of labels, one for each combination. */
  workers: number;
  labels?: Matrix;
  /** Bytes one worker is expected to need, for admission. */
  memory?: number;
  /** Physical cores one worker keeps busy, for admission; may be a fraction. */
  cpus?: number;
  /** GPUs each worker gets for itself; 0 hides them all. Absent: it sees what the machine shows. */
  gpus?: number;
  /** Seconds one attempt of a job may take. Default 172,800 (48 h). */
  timeout: number;
  /** Attempts that may fail before a job counts as failed. Default 3. */
  attempts: number;
  /** Seconds before a job whose attempt failed is tried again, doubled with each failure. Default 10; see `retryDelay`. */
  backoff?: number;
  /** Seconds that it waits at most. Default 360. */
  backoffMax?: number;
  env: Record<string, string>;
  /** Seconds between heartbeats. Default 30. */
  heartbeat: number;
  /** Seconds a worker has to register after its start. Default 30. */
  startup: number;
  /** Seconds a worker that was asked to end, or to end its job early, has before it is forced. Default 30. */
  grace: number;
  /** Seconds a worker that has ended and that nobody wants stays on the list. Default 300. */
  cleanup?: number;
  /** From when on its workers count as unhealthy; what is not said here has the defaults of `health-settings.ts`. */
  health?: HealthSettings;
  /** Files that a done job leaves, relative to the workspace; `{name}` is the job's parameter of that name. */
  outputs?: string[];
  /** Which of its workers are started again without being asked. Default: those that failed. */
  autoRestart?: RestartCause[];
  /** How it gets to its number of workers in steps, when somebody starts its ramp. */
  ramp?: RampSettings;
}

/** What holds for a pool that says nothing of it; see `settings.ts`. */
export type PoolDefaults = Pick<PoolSettings, 'timeout' | 'heartbeat' | 'startup'>;
/** Why a worker is started again without being asked. */
export type RestartCause =
  /** Its process ended by itself, or did not register. */
  | 'failed'
  /** It lives and says nothing. */
  | 'stalled'
  /** It says that it lives, and its job does not get on. */
  | 'stuck';

export function backoffOf({ backoff, backoffMax }: Partial<PoolSettings> = {}): Backoff {
  const base = backoff ?? DEFAULT_BACKOFF.base;
  return { base, max: Math.max(base, backoffMax ?? DEFAULT_BACKOFF.max) };
}

/** How long a worker of the pool has to end by itself, milliseconds. */
export function graceOf(pool: PoolSettings | undefined): number {
  return (pool?.grace ?? DEFAULT_GRACE_SECONDS) * 1000;
}

/** Seconds: simulations of 14 to 48 hours are usual. */
export const DEFAULT_TIMEOUT_SECONDS = 172_800;
/** Seconds: seldom enough to cost nothing, often enough to tell a stall within minutes. */
export const DEFAULT_HEARTBEAT_SECONDS = 30;
/** Seconds: an interpreter that loads its libraries from a slow disk needs ten. */
export const DEFAULT_STARTUP_SECONDS = 30;
/** One run and two more tries: enough for a flaky disk, too few to burn a night on a broken script. */
export const DEFAULT_ATTEMPTS = 3;
/** Seconds: time for a handler to save a checkpoint before its process is ended by force. */
export const DEFAULT_GRACE_SECONDS = 30;
export const POOL_DEFAULTS: PoolDefaults = {
  timeout: DEFAULT_TIMEOUT_SECONDS,
  heartbeat: DEFAULT_HEARTBEAT_SECONDS,
  startup: DEFAULT_STARTUP_SECONDS,
};
/** What only seems to be wrong is not ended unless a pool says so: its job may be near its end after many hours. */
export const DEFAULT_AUTO_RESTART: readonly RestartCause[] = ['failed'];
