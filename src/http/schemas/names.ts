/** The closed sets of words that schemas list; a word that is added elsewhere and not here does not compile. */
import type { HealthCheck } from '../../core/health-checks.ts';
import type { StartCause, Trouble } from '../../control/crew-state.ts';
import type { AttemptOutcome, JobState } from '../../core/job.ts';
import type { WorkerState } from '../../core/worker.ts';

const all = <Word extends string>(words: Record<Word, true>): Word[] => Object.keys(words) as Word[];

export const JOB_STATES = all<JobState>({
  pending: true,
  running: true,
  done: true,
  failed: true,
  cancelled: true,
});

export const WORKER_STATES = all<WorkerState>({
  STARTING: true,
  RUNNING: true,
  DRAINING: true,
  FAILED: true,
  DEAD: true,
});

export const ATTEMPT_OUTCOMES = all<AttemptOutcome>({
  done: true,
  failed: true,
  crashed: true,
  'timed-out': true,
  aborted: true,
  cancelled: true,
  returned: true,
  lost: true,
});

export const START_CAUSES = all<StartCause>({
  new: true,
  stopped: true,
  'handed-over': true,
  crashed: true,
  rebooted: true,
  'taken-over': true,
});

export const TROUBLES = all<Trouble['kind']>({ storage: true, keeper: true, room: true });

export const HEALTH_CHECKS = all<HealthCheck['name']>({
  process: true,
  heartbeat: true,
  response: true,
  completion: true,
  errors: true,
  memory: true,
  outputs: true,
});
