/** What happens in the state folders that `make-state-folder.ts` makes: a bit of everything that is recorded. */
import type { JournalEvent } from '../../src/core/events.ts';
import type { PoolSettings } from '../../src/core/pool.ts';
import { ramped } from './ramp-record.ts';

const pool = (name: string, more: Partial<PoolSettings> = {}): PoolSettings => ({
  name,
  command: ['python3', `${name}.py`],
  protocol: 'worker',
  workers: 2,
  timeout: 172_800,
  attempts: 3,
  env: {},
  heartbeat: 30,
  startup: 30,
  grace: 30,
  ...more,
});

const processOf = (pid: number): { pid: number; startTime: string; bootId: string } => ({
  pid,
  startTime: `${pid}00`,
  bootId: '7f1a0c52-0000-4000-8000-000000000000',
});

function launched(worker: string, launch: number, pid: number, prefetch = 0): JournalEvent[] {
  const [name] = worker.split('-');
  return [
    {
      type: 'worker.launched',
      worker,
      launch,
      command: ['python3', `${name}.py`],
      settings: { command: `c${launch}`, env: 'e', gpus: 'g' },
    },
    {
      type: 'worker.transitioned',
      worker,
      launch,
      from: launch === 1 ? null : 'FAILED',
      to: 'STARTING',
      reason: 'started',
    },
    { type: 'worker.spawned', worker, launch, process: processOf(pid) },
    {
      type: 'worker.registered',
      worker,
      launch,
      profile: { name: `${name} worker`, language: 'python', tasks: ['run', 'Größe'], prefetch },
    },
    { type: 'worker.transitioned', worker, launch, from: 'STARTING', to: 'RUNNING', reason: 'registered' },
  ];
}

const began = 1_763_780_001_000;
const claim = (
  job: number,
  attempt: number,
  worker: string,
  launch: number,
  frame: number,
): JournalEvent => ({
  type: 'job.claimed',
  job,
  attempt,
  worker,
  launch,
  frame,
});

/** Two jobs that ended, and are in an archive. */
function archived(batch: number, firstJob: number, definition?: string): JournalEvent[] {
  return [
    {
      type: 'batch.enqueued',
      batch,
      name: `old ${batch}`,
      pool: 'simulate',
      task: 'run',
      priority: 0,
      maxAttempts: 1,
      timeout: 60,
      match: [],
      firstJob,
      count: 2,
      source: { rows: [{ n: 1 }, { n: 2 }] },
      ...(definition === undefined ? {} : { definition }),
    },
    { type: 'job.cancelled', job: firstJob, reason: 'not needed' },
    { type: 'job.cancelled', job: firstJob + 1, reason: 'not needed' },
    { type: 'batch.archived', batch, file: 'jobs-2025-11-22.jsonl.gz' },
  ];
}

/** Pools, workers that live, failed and left, three batches, and the first jobs: what the older snapshot holds. */
export const beginning: JournalEvent[] = [
  { type: 'supervisor.started', server: 'first', version: '0.1.0', process: processOf(4001) },
  { type: 'pool.declared', pool: pool('simulate', { memory: 2_000_000_000 }) },
  {
    type: 'pool.declared',
    pool: pool('tag', { labels: { domain: ['law', 'medicine'] }, env: { LANGUAGE: 'de' } }),
  },
  { type: 'pool.declared', pool: pool('gone', { protocol: 'command', command: ['Rscript', 'calibrate.R'] }) },
  { type: 'pool.removed', pool: 'gone' },
  { type: 'crew.wanted', wanted: true },
  ...['simulate-1', 'simulate-2'].map((worker): JournalEvent => ({
    type: 'worker.added',
    worker,
    pool: 'simulate',
    labels: {},
  })),
  ...['law', 'medicine', 'law'].map((domain, index): JournalEvent => ({
    type: 'worker.added',
    worker: `tag-${index + 1}`,
    pool: 'tag',
    labels: { domain },
  })),
  ...launched('simulate-1', 1, 4101, 2),
  ...launched('simulate-2', 1, 4102),
  ...launched('tag-1', 1, 4103),
  ...launched('tag-3', 1, 4104),
  {
    type: 'batch.enqueued',
    batch: 1,
    name: 'sweep',
    pool: 'simulate',
    task: 'run',
    priority: 0,
    maxAttempts: 3,
    timeout: 172_800,
    match: [],
    firstJob: 1,
    count: 12,
    source: {
      matrix: { alpha: [0.1, 0.2, 0.4], seed: { from: 1, to: 4, step: 1 } },
      base: { größe: 'ünï "quoted"\n' },
    },
    definition: 'c0ffee',
    request: 'd5f2e0aa-sweep',
  },
  {
    type: 'batch.enqueued',
    batch: 2,
    name: 'corpus',
    pool: 'tag',
    task: 'Größe',
    priority: 5,
    maxAttempts: 2,
    timeout: 60,
    match: ['domain'],
    firstJob: 13,
    count: 4,
    source: {
      rows: ['law', 'medicine', 'law', 'law'].map((domain, n) => ({
        domain,
        n,
        nested: { list: [n, null, true] },
      })),
    },
  },
  {
    type: 'settings.given',
    settings: [{ name: 'taskTimeout', text: '12h', from: 'WORKER_TASK_TIMEOUT' }],
  },
  claim(1, 1, 'simulate-1', 1, 1),
  claim(2, 1, 'simulate-2', 1, 1),
  claim(13, 1, 'tag-1', 1, 1),
  {
    type: 'job.finished',
    job: 1,
    attempt: 1,
    outcome: 'done',
    next: 'done',
    startedAt: began,
    finishedAt: began + 5_250,
    result: { energy: -1.25, label: 'é\n"\\', list: [1, [2, 3]] },
  },
  {
    type: 'memory.peaked',
    pool: 'simulate',
    task: 'run',
    worker: 'simulate-1',
    launch: 1,
    bytes: 1_900_000_000,
  },
  { type: 'supervisor.ended', server: 'first', why: 'replaced' },
];

/** Failures of all kinds, a retry that carries its checkpoint, a worker that failed and was launched again. */
export const middle: JournalEvent[] = [
  { type: 'supervisor.started', server: 'second', version: '0.1.0', process: processOf(4002) },
  { type: 'job.checkpointed', job: 2, attempt: 1, checkpoint: { step: 40, state: 'half' } },
  {
    type: 'job.finished',
    job: 2,
    attempt: 1,
    outcome: 'crashed',
    next: 'pending',
    startedAt: began,
    finishedAt: began + 9_000,
    error: { message: 'the process ended: SIGKILL', type: 'signal SIGKILL' },
    logTail: 'step 40\nKilled\n',
  },
  {
    type: 'worker.transitioned',
    worker: 'simulate-2',
    launch: 1,
    from: 'RUNNING',
    to: 'FAILED',
    reason: 'SIGKILL',
  },
  ...launched('simulate-2', 2, 4202),
  {
    type: 'worker.refused',
    worker: 'tag-2',
    pool: 'tag',
    reasons: ['needs about 64 MB, 12 MB free'],
    overridden: false,
  },
  {
    type: 'memory.peaked',
    pool: 'simulate',
    task: 'run',
    worker: 'simulate-2',
    launch: 2,
    bytes: 2_400_000_000,
  },
  {
    type: 'job.finished',
    job: 13,
    attempt: 1,
    outcome: 'failed',
    next: 'pending',
    startedAt: began,
    finishedAt: began + 100,
    error: { message: 'no such case', type: 'KeyError', traceback: 'Traceback …\n  File "tag.py", line 3' },
  },
  claim(13, 2, 'tag-1', 1, 2),
  {
    type: 'job.finished',
    job: 13,
    attempt: 2,
    outcome: 'timed-out',
    next: 'failed',
    startedAt: began + 200,
    finishedAt: began + 60_200,
    error: { message: 'it took longer than 60 s', type: 'timeout' },
  },
  { type: 'job.cancelled', job: 15, reason: 'cancelled from the terminal' },
  {
    type: 'worker.transitioned',
    worker: 'tag-3',
    launch: 1,
    from: 'RUNNING',
    to: 'DRAINING',
    reason: 'drained',
  },
  {
    type: 'worker.transitioned',
    worker: 'tag-3',
    launch: 1,
    from: 'DRAINING',
    to: 'DEAD',
    reason: 'exit code 0',
  },
  { type: 'worker.removed', worker: 'tag-3' },
  { type: 'worker.paused', worker: 'tag-1', paused: true },
  {
    type: 'worker.noted',
    worker: 'simulate-1',
    launch: 1,
    kind: 'stalled',
    reason: 'no heartbeat for 3 min 31 s',
  },
  {
    type: 'worker.noted',
    worker: 'simulate-2',
    launch: 2,
    kind: 'restarted',
    reason: 'was killed by SIGSEGV',
  },
  // Batches that ended and were archived: one without a trace, one of the crew file, one half removed.
  ...archived(3, 17),
  ...archived(4, 19, 'decade'),
  ...archived(5, 21),
  { type: 'jobs.removed', batch: 3, through: 18 },
  { type: 'jobs.removed', batch: 4, through: 20 },
  { type: 'jobs.removed', batch: 5, through: 21 },
  { type: 'alerts.told', through: 60, at: 1_763_780_400_000 },
  ...ramped('simulate', 'tag'),
  { type: 'supervisor.ended', server: 'second', why: 'replaced' },
];

/** What only the journal holds: running jobs, one of them sent ahead, an abort, a third batch. */
export const tail: JournalEvent[] = [
  { type: 'supervisor.started', server: 'third', version: '0.1.0', process: processOf(4003) },
  claim(2, 2, 'simulate-2', 2, 1),
  { type: 'job.checkpointed', job: 2, attempt: 2, checkpoint: { step: 55 } },
  claim(3, 1, 'simulate-1', 1, 2),
  claim(4, 1, 'simulate-1', 1, 3),
  claim(5, 1, 'simulate-1', 1, 4),
  {
    type: 'job.finished',
    job: 5,
    attempt: 1,
    outcome: 'returned',
    next: 'pending',
    startedAt: began + 70_000,
    finishedAt: began + 70_000,
  },
  {
    type: 'job.finished',
    job: 3,
    attempt: 1,
    outcome: 'done',
    next: 'done',
    startedAt: began + 61_000,
    finishedAt: began + 71_000,
    result: [3.5],
  },
  { type: 'job.resent', job: 4, attempt: 1, frame: 5 },
  { type: 'job.interrupted', job: 2, attempt: 2, outcome: 'cancelled' },
  { type: 'worker.frozen', worker: 'simulate-1', launch: 1, frozen: true },
  {
    type: 'worker.transitioned',
    worker: 'simulate-2',
    launch: 2,
    from: 'RUNNING',
    to: 'DRAINING',
    reason: 'restarted by hand',
  },
  {
    type: 'worker.ending',
    worker: 'simulate-2',
    launch: 2,
    ending: {
      to: 'DEAD',
      reason: 'restarted by hand',
      outcome: 'aborted',
      relaunch: true,
      forceAt: began + 130_000,
      forced: false,
    },
  },
  {
    type: 'batch.enqueued',
    batch: 6,
    name: 'one more',
    pool: 'simulate',
    task: 'run',
    priority: -1,
    maxAttempts: 1,
    timeout: 0.5,
    match: [],
    firstJob: 23,
    count: 1,
    source: { rows: [{ n: 1e300, text: '🦉' }] },
  },
];
