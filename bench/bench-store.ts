/** A store for a measurement, in a folder of its own: a small crew, batches of many jobs, and jobs that come and go. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import type { Store } from '../src/store/contract.ts';
import { openStore } from '../src/store/open.ts';

export const WORKERS = ['simulate-1', 'simulate-2'];

const POOL = {
  name: 'simulate',
  command: ['python3', 'simulate.py'],
  protocol: 'worker',
  workers: WORKERS.length,
  timeout: 172_800,
  attempts: 3,
  env: {},
  heartbeat: 30,
  startup: 30,
  grace: 30,
} as const;

/** Beside the sources, not in /tmp, which may be in memory: a flush should reach the disk that people use. */
export function benchFolder(): string {
  return mkdtempSync(join(import.meta.dirname, 'state-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function openBenchStore(folder: string): Promise<Store> {
  // The bundle, as the supervisor uses it: Node's stripping of types is not what is measured.
  const threadFile = new URL('../dist/projection-thread.js', import.meta.url);
  return openStore({ folder, clock: systemClock, threadFile, log: console.error, onFailure: console.error });
}

export function addCrew(store: Store): void {
  store.append({ type: 'pool.declared', pool: { ...POOL, command: [...POOL.command] } });
  for (const worker of WORKERS) {
    store.append({ type: 'worker.added', worker, pool: POOL.name, labels: {} });
    store.append({ type: 'worker.launched', worker, launch: 1, command: [...POOL.command] });
    store.append({
      type: 'worker.transitioned',
      worker,
      launch: 1,
      from: null,
      to: 'STARTING',
      reason: 'up',
    });
  }
}

/** So that a supervisor that opens the store has nobody to look for. */
export function removeCrew(store: Store): void {
  for (const worker of WORKERS) store.append({ type: 'worker.removed', worker });
}

/** `count` jobs with three parameters each; `count` must be divisible by 10. `match` names labels that workers must have. */
export function addBatch(
  store: Store,
  batch: number,
  firstJob: number,
  count: number,
  match: string[] = [],
): void {
  store.append({
    type: 'batch.enqueued',
    batch,
    name: 'sweep',
    pool: POOL.name,
    task: 'run',
    priority: 0,
    maxAttempts: 3,
    timeout: 172_800,
    match,
    firstJob,
    count,
    source: {
      matrix: {
        alpha: [0.1, 0.2, 0.4, 0.8, 1.6],
        method: ['euler', 'midpoint'],
        seed: { from: 1, to: count / 10, step: 1 },
      },
    },
  });
}

export function claim(store: Store, job: number): void {
  const worker = WORKERS[job % WORKERS.length]!;
  store.append({ type: 'job.claimed', job, attempt: 1, worker, launch: 1, frame: job });
}

export function finish(store: Store, job: number): void {
  const at = Date.now();
  store.append({
    type: 'job.finished',
    job,
    attempt: 1,
    outcome: 'done',
    next: 'done',
    startedAt: at,
    finishedAt: at,
    result: { energy: -1.2345678 * job, converged: true },
  });
}

/** Claims and finishes jobs as fast as the projection takes them. */
export async function work(store: Store, first: number, count: number): Promise<void> {
  for (let job = first; job < first + count; job++) {
    claim(store, job);
    finish(store, job);
    store.write();
    // The projection is waited for, which bounds what is under way to it.
    if (job % 10_000 === 0) await store.query('job', { job });
  }
  await store.flush();
  await store.query('job', { job: first });
}
