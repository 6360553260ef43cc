/**
 * What a commit costs with 1,000 jobs in the store and with 1,000,000: bytes in the journal, time, CPU. A commit is a claim that is
 * written, its end, and a flush that is waited for. The two stores are measured in turns, in the same run.
 * Aim: equal. Limit: appending as many bytes to a file and flushing it.
 */
import { closeSync, fdatasync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
import { label, median } from './bench-crew.ts';

const SIZES = [1_000, 1_000_000];
const ROUNDS = 9;
/** All rounds together stay below the growth at which a snapshot is taken. */
const COMMITS = 100;

interface Cost {
  bytes: number;
  wall: number;
  cpu: number;
}

export async function reportCommitCost(): Promise<void> {
  const folders = SIZES.map(() => benchFolder());
  try {
    const stores: Store[] = [];
    for (const [index, size] of SIZES.entries()) stores.push(await filledStore(folders[index]!, size));
    const costs: Cost[][] = SIZES.map(() => []);
    const limits: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, store] of stores.entries()) {
        costs[index]!.push(await measure(store, folders[index]!, 1 + round * COMMITS));
      }
      limits.push(await bareAppend(folders[0]!, costs[0]![0]!.bytes));
    }
    for (const store of stores) await store.close();
    console.log('\nA commit: a job claimed, finished and on the disk (aim: equal at both sizes)');
    for (const [index, size] of SIZES.entries()) {
      const of = (what: keyof Cost): number => median(costs[index]!.map((cost) => cost[what]));
      console.log(
        `${label(`${size.toLocaleString('en')} jobs`)}${of('bytes').toFixed(0)} bytes, ${of('wall').toFixed(3)} ms, CPU ${of('cpu').toFixed(3)} ms`,
      );
    }
    console.log(`${label('append and flush alone')}${median(limits).toFixed(3)} ms`);
  } finally {
    for (const folder of folders) removeFolder(folder);
  }
}

/** Closed once, so that the snapshot after the enqueue is behind it. */
async function filledStore(folder: string, size: number): Promise<Store> {
  const store = await openBenchStore(folder);
  addCrew(store);
  addBatch(store, 1, 1, size);
  await store.close();
  return openBenchStore(folder);
}

async function measure(store: Store, folder: string, first: number): Promise<Cost> {
  const bytes = journalBytes(folder);
  const began = performance.now();
  const cpu = process.cpuUsage();
  for (let job = first; job < first + COMMITS; job++) {
    claim(store, job);
    store.write();
    finish(store, job);
    await store.flush();
  }
  const wall = performance.now() - began;
  // The projection's work belongs to the commit, though nobody waits for it.
  await store.query('job', { job: first });
  const { user, system } = process.cpuUsage(cpu);
  return {
    bytes: (journalBytes(folder) - bytes) / COMMITS,
    wall: wall / COMMITS,
    cpu: (user + system) / 1000 / COMMITS,
  };
}

function journalBytes(folder: string): number {
  const journal = join(folder, 'journal');
  return readdirSync(journal).reduce((sum, name) => sum + statSync(join(journal, name)).size, 0);
}

/** Milliseconds to append so many bytes and flush them. */
async function bareAppend(folder: string, bytes: number): Promise<number> {
  const descriptor = openSync(join(folder, 'bare'), 'a');
  const line = Buffer.alloc(bytes, 0x78);
  const began = performance.now();
  for (let count = 0; count < COMMITS; count++) {
    writeSync(descriptor, line);
    await promisify(fdatasync)(descriptor);
  }
  const wall = performance.now() - began;
  closeSync(descriptor);
  return wall / COMMITS;
}
