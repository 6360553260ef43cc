/** What both measurements need: a store in a folder of its own, a small crew, and a batch of many jobs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { Store } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/open.ts';

export const WORKERS = ['simulate-1', 'simulate-2'];

/** Beside the sources, not in /tmp, which may be in memory: a flush should reach the disk that people use. */
export function benchFolder(): string {
  return mkdtempSync(join(import.meta.dirname, 'state-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function openBenchStore(folder: string): Promise<Store> {
  const threadFile = new URL('../../src/store/projection-thread.ts', import.meta.url);
  return openStore({ folder, clock: systemClock, threadFile, log: console.error, onFailure: console.error });
}

export function addCrew(store: Store): void {
  store.append({
    type: 'pool.declared',
    pool: {
      name: 'simulate',
      command: ['python', 'simulate.py'],
      protocol: 'worker',
      workers: WORKERS.length,
      timeout: 172_800,
      attempts: 3,
      env: {},
      heartbeat: 30,
      startup: 30,
      grace: 30,
    },
  });
  for (const worker of WORKERS) {
    store.append({ type: 'worker.added', worker, pool: 'simulate', labels: {} });
    store.append({ type: 'worker.launched', worker, launch: 1, command: ['python', 'simulate.py'] });
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

/** `count` jobs with three parameters each; `count` must be divisible by 10. */
export function addBatch(store: Store, batch: number, firstJob: number, count: number): void {
  store.append({
    type: 'batch.enqueued',
    batch,
    name: 'sweep',
    pool: 'simulate',
    task: 'run',
    priority: 0,
    maxAttempts: 3,
    timeout: 172_800,
    match: [],
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
