/** A crew, a pool, a worker and a job to be explained, each as usual where a test says nothing else. */
import type { CrewFacts, PoolFacts, WorkerFacts } from '../../src/core/explain-facts.ts';
import type { ExplainedJob, JobFacts } from '../../src/core/explain-facts.ts';
import type { WorkerPast, WorkerQuestion } from '../../src/core/explain-worker.ts';
import type { AttemptFacts } from '../../src/core/explain-facts.ts';

export const NOW = Date.UTC(2026, 10, 22, 7, 0, 0);
const HOUR = 3_600_000;

export const crewOf = (more: Partial<CrewFacts> = {}): CrewFacts => ({
  now: NOW,
  wanted: true,
  troubles: [],
  ...more,
});

export const workerOf = (more: Partial<WorkerFacts> = {}): WorkerFacts => ({
  id: 'simulate-1',
  pool: 'simulate',
  labels: {},
  state: 'RUNNING',
  phase: 'running',
  reason: 'registered',
  since: NOW - HOUR,
  launch: 1,
  paused: false,
  heardAt: NOW - 1000,
  stalled: false,
  offline: false,
  ahead: [],
  jobsDone: 0,
  jobsFailed: 0,
  findings: [],
  waitsForRoom: false,
  isRelaunching: false,
  autoRestarts: 0,
  hasGivenUp: false,
  ...more,
});

export const endedWorker = (more: Partial<WorkerFacts> = {}): WorkerFacts =>
  workerOf({ state: 'FAILED', phase: 'ended', reason: 'ended with exit code 3', ...more });

export const poolOf = (more: Partial<PoolFacts> = {}): PoolFacts => ({
  name: 'simulate',
  asked: 2,
  neverFits: [],
  autoRestart: ['failed'],
  workers: [workerOf()],
  perMinute: 0,
  delayed: 0,
  ...more,
});

export const jobOf = (more: Partial<ExplainedJob> = {}): ExplainedJob => ({
  id: 212,
  batch: 7,
  batchName: 'sweep',
  pool: 'simulate',
  route: '',
  task: 'run',
  priority: 0,
  state: 'pending',
  attempts: 0,
  failures: 0,
  maxAttempts: 3,
  timeout: 172_800,
  enqueuedAt: NOW - 9 * HOUR,
  attemptHistory: [],
  ...more,
});

export const attemptOf = (attempt: number, more: Partial<AttemptFacts> = {}): AttemptFacts => ({
  attempt,
  worker: 'simulate-1',
  startedAt: NOW - HOUR + attempt * 60_000,
  finishedAt: NOW - HOUR + attempt * 60_000 + 4000,
  outcome: 'failed',
  error: { message: 'alpha must be positive', type: 'ValueError' },
  ...more,
});

export const factsOf = (more: Partial<JobFacts> = {}): JobFacts => ({
  crew: crewOf(),
  job: jobOf(),
  pool: poolOf(),
  changes: [],
  before: { count: 0 },
  worker: undefined,
  peak: undefined,
  refusals: [],
  ...more,
});

export const pastOf = (more: Partial<WorkerPast> = {}): WorkerPast => ({
  transitions: [],
  notes: [],
  refusals: [],
  broken: [],
  ...more,
});

export const questionOf = (more: Partial<WorkerQuestion> = {}): WorkerQuestion => ({
  crew: crewOf(),
  worker: workerOf(),
  pool: poolOf(),
  past: pastOf(),
  waitingForIt: 0,
  ...more,
});
