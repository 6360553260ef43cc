/**
 * What a claim and its finish cost: `node bench/store/hot-path.ts [pairs] [jobs in flight] [query]`.
 *
 * As the supervisor does it: each turn of the loop a few jobs end and as many are claimed, all in one write; a flush is asked for
 * each turn and not waited for. With `query`, the head of the lane is read for each 500 jobs. CPU is what counts on a machine
 * that computes: of this thread, and of the process (the projection thread and V8's helpers included).
 */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../../src/store/contract.ts';
import { addBatch, addCrew, benchFolder, openBenchStore, removeFolder, WORKERS } from './crew.ts';

const pairs = Number(process.argv[2] ?? 100_000);
const inFlight = Number(process.argv[3] ?? 4);
const withQueries = process.argv[4] === 'query';

const folder = benchFolder();
try {
  const store = await openBenchStore(folder);
  addCrew(store);
  addBatch(store, 1, 1, pairs);
  await store.flush();
  await store.query('job', { job: 1 });
  await measure(store);
  await store.close();
} finally {
  removeFolder(folder);
}

async function measure(store: Store): Promise<void> {
  const begin = performance.now();
  const process0 = process.cpuUsage();
  const thread0 = process.threadCpuUsage();
  let flushes: Promise<void>[] = [];
  for (let job = 1; job <= pairs; job += inFlight) {
    for (let index = 0; index < inFlight && job + index <= pairs; index++) {
      const worker = WORKERS[index % WORKERS.length]!;
      store.append({
        type: 'job.claimed',
        job: job + index,
        attempt: 1,
        worker,
        launch: 1,
        frame: job + index,
      });
    }
    store.write();
    for (let index = 0; index < inFlight && job + index <= pairs; index++) {
      store.append({
        type: 'job.finished',
        job: job + index,
        attempt: 1,
        outcome: 'done',
        next: 'done',
        startedAt: Date.now(),
        finishedAt: Date.now(),
        result: { energy: -1.2345678 * job, converged: true },
      });
    }
    flushes.push(store.flush());
    if (withQueries && job % 500 < inFlight) {
      await store.query('pendingHead', {
        pool: 'simulate',
        route: '',
        after: { priority: 0, id: job + 500 },
        limit: 500,
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
  const perPair = (microseconds: number): string => (microseconds / pairs).toFixed(1);
  console.log(
    `${pairs} pairs, ${inFlight} in flight: ${Math.round((2 * pairs) / (journaled / 1000))} events/s flushed, ` +
      `${Math.round((2 * pairs) / (applied / 1000))} events/s applied; CPU a pair: ` +
      `main ${perPair(threadCpu.user + threadCpu.system)} µs (${perPair(threadCpu.system)} in the kernel), ` +
      `process ${perPair(processCpu.user + processCpu.system)} µs`,
  );
}
