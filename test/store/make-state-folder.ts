/**
 * Makes the state folder that stands for this schema version in `test/fixtures/state-folders/`: a small crew in the middle of
 * its work, killed with a journal behind its snapshots, and what the version that wrote it says of it.
 *
 *     node test/store/make-state-folder.ts test/fixtures/state-folders/<schema version>
 *
 * Run it once for each version that is released, with the sources of that version, and never again: a folder that was made
 * anew would be one that no user has.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/core/events.ts';
import type { PoolSettings } from '../../src/core/pool.ts';
import { openStore } from '../../src/store/open.ts';
import { ManualClock } from '../manual-clock.ts';
import { whatIsThere } from './what-is-there.ts';

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
    { type: 'worker.launched', worker, launch, command: ['python3', `${name}.py`] },
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

/** Pools, workers that live, failed and left, three batches, and the first jobs: what the older snapshot holds. */
const beginning: JournalEvent[] = [
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
const middle: JournalEvent[] = [
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
  { type: 'supervisor.ended', server: 'second', why: 'replaced' },
];

/** What only the journal holds: running jobs, one of them sent ahead, an abort, a third batch. */
const tail: JournalEvent[] = [
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
    batch: 3,
    name: 'one more',
    pool: 'simulate',
    task: 'run',
    priority: -1,
    maxAttempts: 1,
    timeout: 0.5,
    match: [],
    firstJob: 17,
    count: 1,
    source: { rows: [{ n: 1e300, text: '🦉' }] },
  },
];

async function make(target: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'nightcrew-fixture-'));
  const folder = join(scratch, '.nightcrew');
  mkdirSync(folder);
  const clock = new ManualClock();
  const threadFile = new URL('../../src/store/projection-thread.ts', import.meta.url);
  const live = async (events: JournalEvent[], end: 'closed' | 'killed'): Promise<void> => {
    const store = await openStore({ folder, clock, threadFile });
    for (const [index, event] of events.entries()) {
      clock.advance(250);
      store.append(event);
      // Records of one event and of several.
      if (index % 3 !== 0) store.write();
    }
    await store.flush();
    if (end === 'killed') {
      rmSync(target, { recursive: true, force: true });
      cpSync(folder, target, { recursive: true });
      const expected = await whatIsThere(store);
      writeFileSync(join(target, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
    }
    await store.close();
  };
  await live(beginning, 'closed');
  await live(middle, 'closed');
  await live(tail, 'killed');
  rmSync(scratch, { recursive: true });
}

const [target] = process.argv.slice(2);
if (!target) throw new Error('Name the folder to make.');
await make(target);
