/**
 * What a million jobs cost the store. Times as a caller sees them, through the projection thread; CPU of the process, because
 * the clock on the wall also measures what else the machine does.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Store, StoreQueries } from '../src/store/contract.ts';
import {
  addBatch,
  addCrew,
  benchFolder,
  openBenchStore,
  removeFolder,
  work,
  WORKERS,
} from './bench-store.ts';

const JOBS = 1_000_000;

export async function reportStoreScale(): Promise<void> {
  console.log('\nA million jobs in the store alone');
  const folder = benchFolder();
  try {
    let store = await timed('open an empty folder', () => openBenchStore(folder));
    addCrew(store);
    await store.flush();
    let next = 1;
    let batch = 1;
    for (const size of [1000, 100_000, JOBS]) {
      const count = size - (next - 1);
      addBatch(store, batch++, next, count);
      next += count;
      await timed(`enqueue ${count} jobs of a matrix: on the disk`, () => store.flush());
      await timed(`enqueue ${count} jobs of a matrix: in the database`, () => store.query('job', { job: 1 }));
      await headLatency(store, size);
    }
    await timed('close, with the first snapshot', () => store.close());
    reportFiles(folder, 'waiting jobs');

    store = await timed('open again', () => openBenchStore(folder));
    await timed('restore query', () => store.query('restore', {}));
    await timed(`claim and finish ${JOBS} jobs`, () => work(store, 1, JOBS));
    await lists(store);
    await timed('close, with a snapshot', () => store.close());
    reportFiles(folder, 'jobs with one attempt each');

    store = await timed('open again', () => openBenchStore(folder));
    await timed('restore query', () => store.query('restore', {}));
    await store.close();
  } finally {
    removeFolder(folder);
  }
}

async function timed<Result>(what: string, action: () => Promise<Result>): Promise<Result> {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const result = await action();
  const { user, system } = process.cpuUsage(cpu);
  const wall = performance.now() - begin;
  console.log(
    `  ${what}: ${wall.toFixed(wall < 10 ? 2 : 0)} ms (CPU ${((user + system) / 1000).toFixed(0)} ms)`,
  );
  return result;
}

async function headLatency(store: Store, pending: number): Promise<void> {
  const latencies: number[] = [];
  for (let turn = 0; turn < 200; turn++) {
    const after = { priority: 0, id: Math.floor((pending * turn) / 200) };
    const begin = performance.now();
    await store.query('pendingHead', { pool: 'simulate', route: '', after, limit: 1, size: 1 });
    latencies.push(performance.now() - begin);
  }
  latencies.sort((a, b) => a - b);
  console.log(
    `  head of the lane, 1 of ${pending} waiting: median ${latencies[100]!.toFixed(3)} ms, 99 % ${latencies[198]!.toFixed(3)} ms`,
  );
}

async function lists(store: Store): Promise<void> {
  const page = (what: string, filter: Partial<StoreQueries['jobs']['parameters']>): Promise<unknown> =>
    timed(`list: ${what}`, () => store.query('jobs', { offset: 0, limit: 50, ...filter }));
  await page('first page of all', {});
  await page('last page of all', { offset: JOBS - 50 });
  await page('first page of done', { states: ['done'] });
  await page('last page of done', { states: ['done'], offset: JOBS - 50 });
  await page('newest of done or failed in a pool', {
    states: ['done', 'failed'],
    pool: 'simulate',
    newestFirst: true,
  });
  await page('by worker (scan)', { worker: WORKERS[0]! });
  await page('by text (scan)', { search: 'midpoint' });
  await page('by text with an umlaut (scan)', { search: 'größe' });
}

function reportFiles(folder: string, what: string): void {
  const size = (path: string): string => `${(statSync(path).size / 1e6).toFixed(1)} MB`;
  const journal = readdirSync(join(folder, 'journal')).map((name) => size(join(folder, 'journal', name)));
  console.log(
    `  files, ${what}: nightcrew.db ${size(join(folder, 'nightcrew.db'))}, journal ${journal.join(' + ')}`,
  );
}
