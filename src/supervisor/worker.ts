/** What the supervisor knows of one worker at run time; the registry's rows are made from it. */
import type { Progress } from '../control/crew-state.ts';
import type { AdmissionRefusal } from '../core/admission.ts';
import type { PendingJob } from '../core/job.ts';
import type { LaunchSettings } from '../core/launch-settings.ts';
import type { ProgressHistory } from '../core/progress-stall.ts';
import type { Labels, ProcessIdentity, WorkerId, WorkerProfile, WorkerState } from '../core/worker.ts';
import type { WorkerEnding } from '../core/worker-ending.ts';
import type { Handle } from '../keeper/contract.ts';
import { WorkerHealth } from './worker-health.ts';

/** A job that was given to a worker. The first of a worker's assignments is the one it computes. */
export interface Assignment {
  job: PendingJob;
  attempt: number;
  frame: number;
  /** Bytes, about, of what was sent. */
  size: number;
  /** When the worker began with it, wall clock and monotonic; undefined while others are before it. */
  startedAt?: number;
  startedMonotonic?: number;
  progress?: Progress;
  /** When it moved; counted in the time its worker lived through. */
  history?: ProgressHistory;
  /** When its last checkpoint was recorded (monotonic), and whether it has saved another one since. */
  checkpointMonotonic?: number;
  hasUnrecordedCheckpoint?: boolean;
  /** Why it was told to end early, and since when (monotonic). */
  interrupted?: { outcome: 'cancelled' | 'timed-out' | 'returned' | 'aborted'; since: number };
}

/** What has been decided about its end; `forceAt` is on the monotonic clock here. */
export type Ending = WorkerEnding;

export class Worker {
  readonly id: WorkerId;
  readonly pool: string;
  readonly labels: Labels;
  state: WorkerState = 'STARTING';
  reason = '';
  stateSince = 0;
  paused = false;
  stalled = false;
  /** Since when its whole tree is stopped by a signal, on the wall clock and monotonic; undefined: it is not. */
  frozen: { since: number; sinceMonotonic: number } | undefined;
  /** Since when its job does not get on, in words. */
  stuck: string | undefined;
  offline = false;
  health: WorkerHealth = new WorkerHealth();
  launch = 0;
  launchedAt: number | undefined;
  /** Monotonic. */
  startupDeadline: number | undefined;

  handle: Handle | undefined;
  process: ProcessIdentity | undefined;
  profile: WorkerProfile | undefined;
  /** Where its log is written, and how often it says that it lives (seconds): as it was started. */
  logFile: string | undefined;
  heartbeatInterval: number | undefined;
  /** What of its pool's settings it was started with; undefined: by a version that did not record it. */
  settings: LaunchSettings | undefined;
  /** Number of the newest frame sent to it; counted for each launch. */
  lastFrame = 0;

  assignments: Assignment[] = [];
  ending: Ending | undefined;

  heartbeatAt: number | undefined;
  /** Monotonic. */
  heartbeatMonotonic: number | undefined;
  memory: number | undefined;
  cpu: number | undefined;
  jobsDone = 0;
  jobsFailed = 0;
  lastError: string | undefined;
  /** GPUs of its launch; after it those of the last one. Undefined: its pool asked for none. */
  devices: string[] | undefined;
  /** Why there was no room for another launch, until there is one. */
  refusal: AdmissionRefusal | undefined;
  /** How its newest attempts ended, since it was launched; see `recent-outcomes.ts`. */
  outcomes = '';
  /** When it was started again without being asked (monotonic), and whether that was given up since. */
  autoRestarts: number[] = [];
  hasGivenUp = false;
  /** When it will be, on the wall clock. */
  restartDue: number | undefined;

  constructor(id: WorkerId, pool: string, labels: Labels) {
    this.id = id;
    this.pool = pool;
    this.labels = labels;
  }

  get current(): Assignment | undefined {
    return this.assignments[0];
  }

  /** Whether it may be given jobs at all. One that says nothing is given none: nobody knows whether it would begin. */
  get takesJobs(): boolean {
    return (
      this.state === 'RUNNING' && !this.paused && !this.frozen && !this.stalled && this.ending === undefined
    );
  }

  /** Forgets what belonged to the last process. */
  beginLaunch(launch: number): void {
    this.launch = launch;
    this.handle = undefined;
    this.process = undefined;
    this.profile = undefined;
    this.lastFrame = 0;
    this.assignments = [];
    this.ending = undefined;
    this.refusal = undefined;
    this.stalled = false;
    this.frozen = undefined;
    this.stuck = undefined;
    this.offline = false;
    this.health = new WorkerHealth();
    this.outcomes = '';
    this.restartDue = undefined;
    this.heartbeatAt = undefined;
    this.heartbeatMonotonic = undefined;
    this.memory = undefined;
    this.cpu = undefined;
  }
}
