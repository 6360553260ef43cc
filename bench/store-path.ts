/**
 * What a claim and its finish cost in the store alone, without supervisor and workers.
 *
 * As the supervisor does it: each turn of the loop a few jobs end and as many are claimed, all in one write; a flush is asked for
 * each turn and not waited for. With queries, the head of the lane is read for each 500 jobs. CPU is what counts on a machine
 * that computes: of this thread, and of the process (the projection thread and V8's helpers included).
 */
import { setImmediate } from 'node:timers/promises';
import { HEAD_SIZE } from '../src/core/lane.ts';
import type { Store } from '../src/store/contract.ts';
import {
  addBatch,
  addCrew,
  benchFolder,
  claim,
  finish,
  openBenchStore,
  removeFolder,
} from './bench-store.ts';

const PAIRS = 100_000;

export async function reportStorePath(): Promise<void> {
  console.log('\nClaim and finish in the store alone');
  for (const [inFlight, withQueries] of [
    [4, false],
    [64, false],
    [64, true],
  ] as const) {
    const folder = benchFolder();
    try {
      const store = await openBenchStore(folder);
      addCrew(store);
      addBatch(store, 1, 1, PAIRS);
      await store.flush();
      await store.query('job', { job: 1 });
      console.log(await measure(store, inFlight, withQueries));
      await store.close();
    } finally {
      removeFolder(folder);
    }
  }
}

async function measure(store: Store, inFlight: number, withQueries: boolean): Promise<string> {
  const begin = performance.now();
  const process0 = process.cpuUsage();
  const thread0 = process.threadCpuUsage();
  let flushes: Promise<void>[] = [];
  for (let job = 1; job <= PAIRS; job += inFlight) {
    const last = Math.min(PAIRS, job + inFlight - 1);
    for (let each = job; each <= last; each++) claim(store, each);
    store.write();
    for (let each = job; each <= last; each++) finish(store, each);
    flushes.push(store.flush());
    if (withQueries && job % 500 < inFlight) {
      await store.query('pendingHead', {
        pool: 'simulate',
        route: '',
        after: { priority: 0, id: job + 500 },
        limit: 500,
        size: HEAD_SIZE,
      });
    }
    if (flushes.length === 64) {
      await Promise.all(flushes);
      flushes = [];
    }
    await setImmediate();
  }
  await Promise.all(flushes);
  const journaled = performance.now() - begin;
  const threadCpu = process.threadCpuUsage(thread0);
  await store.query('job', { job: 1 });
  const applied = performance.now() - begin;
  const processCpu = process.cpuUsage(process0);
  const perPair = (microseconds: number): string => (microseconds / PAIRS).toFixed(1);
  const rate = (milliseconds: number): string =>
    Math.round((2 * PAIRS) / (milliseconds / 1000)).toLocaleString('en');
  return (
    `  ${inFlight} in flight${withQueries ? ', with queries' : ''}: ` +
    `${rate(journaled)} events/s flushed, ${rate(applied)} applied; CPU a pair: ` +
    `main ${perPair(threadCpu.user + threadCpu.system)} µs (${perPair(threadCpu.system)} in the kernel), ` +
    `process ${perPair(processCpu.user + processCpu.system)} µs`
  );
}
