/**
 * A crew as a supervisor would tell of it, without one: for tests of what the extension makes of it. Everything follows
 * from the arguments, the clock included.
 */
import type { CrewState, PoolView, RecentJob, WorkerView } from '../../src/control/crew-state.ts';
import type { BatchRow } from '../../src/core/job-records.ts';

/** Noon of some day, in milliseconds since 1970. */
export const NOON = Date.UTC(2026, 10, 22, 12);
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const GIGABYTE = 1e9;

export function scriptedWorker(change: Partial<WorkerView> = {}): WorkerView {
  const id = change.id ?? 'simulate-1';
  return {
    id,
    pool: 'simulate',
    state: 'RUNNING',
    reason: 'registered',
    stateSince: NOON - 2 * HOUR,
    paused: false,
    stalled: false,
    frozen: false,
    offline: false,
    healthy: true,
    findings: [],
    autoRestarts: 0,
    labels: {},
    launch: 1,
    pid: 4711,
    launchedAt: NOON - 2 * HOUR,
    name: 'simulate.py',
    language: 'python',
    tasks: ['run'],
    heartbeatAt: NOON - 3 * SECOND,
    memory: 1.2 * GIGABYTE,
    cpu: 98,
    jobsDone: 12,
    jobsFailed: 0,
    logFile: `/home/ada/.nightcrew/logs/worker_${id}.log`,
    ...change,
  };
}

export function scriptedJob(id: number, fraction?: number): NonNullable<WorkerView['job']> {
  return {
    id,
    attempt: 1,
    task: 'run',
    batchName: 'sweep',
    parameters: { alpha: 0.1, seed: id },
    startedAt: NOON - 20 * 60 * SECOND,
    ...(fraction === undefined
      ? {}
      : { progress: { fraction, message: `step ${Math.round(fraction * 200)} of 200`, at: NOON - SECOND } }),
  };
}

export function scriptedPool(change: Partial<PoolView> = {}): PoolView {
  return {
    name: 'simulate',
    command: ['python3', 'simulate.py'],
    protocol: 'worker',
    wanted: 4,
    counts: { pending: 388, running: 3, done: 209, failed: 0, cancelled: 0 },
    perMinute: 12,
    etaSeconds: 1940,
    ...change,
  };
}

export function scriptedBatch(change: Partial<BatchRow> = {}): BatchRow {
  return {
    id: 1,
    name: 'sweep',
    pool: 'simulate',
    task: 'run',
    enqueuedAt: NOON - 2 * HOUR,
    count: 600,
    counts: { pending: 388, running: 3, done: 209, failed: 0, cancelled: 0 },
    ...change,
  };
}

export function scriptedRecentJob(change: Partial<RecentJob> = {}): RecentJob {
  return {
    id: 209,
    attempt: 1,
    pool: 'simulate',
    task: 'run',
    batchName: 'sweep',
    worker: 'simulate-1',
    outcome: 'done',
    state: 'done',
    parameters: { alpha: 0.1, seed: 9 },
    finishedAt: NOON - 4 * SECOND,
    duration: 12.4,
    ...change,
  };
}

export const SCRIPTED_FAILURE = {
  message: 'matrix is singular to working precision',
  type: 'LinAlgError',
  traceback: [
    'Traceback (most recent call last):',
    '  File "simulate.py", line 41, in run',
    '    state = solve(jacobian, residual)',
    'LinAlgError: matrix is singular to working precision',
  ].join('\n'),
};

export function scriptedCrew(change: Partial<CrewState> = {}): CrewState {
  return {
    server: {
      serverId: 'server-1',
      version: '0.1.0',
      pid: 4001,
      keeperPid: 4002,
      workspace: '/home/ada/epidemic',
      startedAt: NOON - 5 * HOUR,
      recovery: { tornBytes: 0, replayed: 0 },
      start: { cause: 'new', adopted: 0, lost: 0, requeued: 0 },
    },
    sequence: 100,
    machine: {
      memoryTotal: 64 * GIGABYTE,
      memoryAvailable: 21 * GIGABYTE,
      cores: 16,
      crewMemory: 1.2 * GIGABYTE,
      crewCpu: 98,
      workers: 1,
      healthy: 1,
    },
    pools: [scriptedPool()],
    workers: [scriptedWorker({ job: scriptedJob(210, 0.43) })],
    batches: [scriptedBatch()],
    recent: [scriptedRecentJob()],
    crewFile: {
      file: '/home/ada/epidemic/nightcrew.yaml',
      exists: true,
      pools: [{ name: 'simulate', wanted: 4, command: ['python3', 'simulate.py'] }],
      batches: [{ name: 'sweep', pool: 'simulate', count: 600 }],
      problems: [],
      warnings: [],
    },
    troubles: [],
    wanted: true,
    ...change,
  };
}

/** An annotation run: 5 annotators x 6 domains, with one of everything that can be wrong with a worker. */
export function annotationCrew(): CrewState {
  const annotators = ['ada', 'ben', 'chloe', 'dan', 'eva'];
  const domains = ['law', 'news', 'biology', 'fiction', 'finance', 'speech'];
  const workers = annotators.flatMap((annotator, row) =>
    domains.map((domain, column) => {
      const number = row * domains.length + column + 1;
      const worker = scriptedWorker({
        id: `annotate-${number}`,
        pool: 'annotate',
        labels: { annotator, domain },
        pid: 5000 + number,
        memory: (0.3 + (number % 7) * 0.11) * GIGABYTE,
        cpu: 60 + ((number * 13) % 40),
        heartbeatAt: NOON - (number % 9) * SECOND,
        jobsDone: 40 + number,
        job: { ...scriptedJob(900 + number, ((number * 17) % 100) / 100), batchName: 'corpus' },
      });
      return { ...worker, ...unusualCondition(number) };
    }),
  );
  const alive = workers.filter((worker) => worker.state !== 'FAILED' && worker.state !== 'DEAD');
  return scriptedCrew({
    machine: {
      memoryTotal: 64 * GIGABYTE,
      memoryAvailable: 31 * GIGABYTE,
      cores: 16,
      crewMemory: alive.reduce((sum, worker) => sum + (worker.memory ?? 0), 0),
      crewCpu: 1230,
      workers: alive.length,
      healthy: alive.filter((worker) => worker.healthy).length,
    },
    pools: [
      scriptedPool({
        name: 'annotate',
        wanted: 30,
        counts: { pending: 10_204, running: 24, done: 4402, failed: 3, cancelled: 0 },
        perMinute: 118,
        etaSeconds: 5190,
      }),
      scriptedPool({
        name: 'calibrate',
        command: ['Rscript', 'calibrate.R'],
        protocol: 'command',
        wanted: 5,
        counts: { pending: 0, running: 0, done: 240, failed: 0, cancelled: 0 },
        perMinute: 0,
      }),
    ],
    workers,
    batches: [
      scriptedBatch({
        id: 3,
        name: 'corpus',
        pool: 'annotate',
        task: 'annotate',
        count: 14_633,
        counts: { pending: 10_204, running: 24, done: 4402, failed: 3, cancelled: 0 },
      }),
      scriptedBatch({
        id: 2,
        name: 'sites',
        pool: 'calibrate',
        count: 240,
        counts: { pending: 0, running: 0, done: 240, failed: 0, cancelled: 0 },
        finishedAt: NOON - HOUR,
      }),
    ],
    recent: Array.from({ length: 12 }, (_, index) =>
      scriptedRecentJob({
        id: 4402 - index,
        batchName: 'corpus',
        pool: 'annotate',
        worker: `annotate-${(index % 30) + 1}`,
        parameters: { annotator: annotators[index % 5], domain: domains[index % 6], document: 4402 - index },
        finishedAt: NOON - (index + 1) * 2 * SECOND,
        duration: 3 + ((index * 7) % 11),
        ...(index === 2 ? { outcome: 'failed', state: 'failed', error: SCRIPTED_FAILURE } : {}),
        ...(index === 6
          ? { outcome: 'crashed', state: 'pending', error: { message: 'The process ended by SIGKILL.' } }
          : {}),
      }),
    ),
  });
}

function unusualCondition(number: number): Partial<WorkerView> {
  switch (number) {
    case 4:
      return { stalled: true, healthy: false, heartbeatAt: NOON - 400 * SECOND };
    case 9:
      return { state: 'DRAINING', reason: 'asked by ada' };
    case 13:
      return {
        state: 'FAILED',
        reason: 'exit code 1',
        healthy: false,
        lastError: "ModuleNotFoundError: No module named 'spacy'",
        job: undefined,
        memory: undefined,
        cpu: undefined,
      };
    case 16:
      return { paused: true, job: undefined, cpu: 0 };
    case 20:
      return {
        state: 'STARTING',
        reason: 'waiting for its registration',
        pid: 5020,
        job: undefined,
        heartbeatAt: undefined,
      };
    case 23:
      return { job: undefined, cpu: 0 };
    case 27:
      return {
        state: 'DEAD',
        reason: 'drained',
        healthy: false,
        job: undefined,
        memory: undefined,
        cpu: undefined,
      };
    default:
      return {};
  }
}
