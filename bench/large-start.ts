/**
 * How long a supervisor takes to come up on a large state, and how much memory that needs.
 *
 * What: 1,000,000 queued jobs (half of them on routes of their own) and 1,000,000 finished ones with results and attempts. The
 * state is made by the store itself; then supervisors are started on it one after the other, as a face starts them.
 * Figures: from the start of the process to its answer to `status`; peak resident memory of the process at that moment (VmHWM).
 * Aim: under 3 s, under 500 MB. Limit in the same run: a bare Node process that reads the database file and does nothing else.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { addBatch, addCrew, openBenchStore, removeCrew, work } from './bench-store.ts';
import {
  connectTo,
  cpuSeconds,
  endCrew,
  label,
  median,
  memory,
  spread,
  withWorkspace,
} from './bench-crew.ts';

const JOBS = 1_000_000;
const ROUNDS = 5;

export async function makeLargeState(workspace: string): Promise<void> {
  const store = await openBenchStore(join(workspace, '.nightcrew'));
  addCrew(store);
  addBatch(store, 1, 1, JOBS);
  addBatch(store, 2, JOBS + 1, JOBS / 2);
  addBatch(store, 3, JOBS + JOBS / 2 + 1, JOBS / 2, ['alpha']);
  await work(store, 1, JOBS);
  removeCrew(store);
  await store.close();
}

export async function reportLargeStart(): Promise<void> {
  const rounds = await withWorkspace(
    'pools: { simulate: { command: python3 noop.py } }',
    async (workspace) => {
      await makeLargeState(workspace);
      const database = join(workspace, '.nightcrew', 'nightcrew.db');
      const megabytes = statSync(database).size / 1e6;
      const results: { start: number; peak: number; cpu: number; bare: number; megabytes: number }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const bare = bareRead(database);
        const began = performance.now();
        const client = await connectTo(workspace);
        await client.request('status', {});
        const start = performance.now() - began;
        const peak = memory(client.server.pid, 'VmHWM');
        const cpu = cpuSeconds(client.server.pid) * 1000;
        results.push({ start, peak, cpu, bare, megabytes });
        await endCrew(client);
      }
      return results;
    },
  );
  const starts = rounds.map(({ start }) => start);
  const bare = rounds.map((round) => round.bare);
  console.log(
    `\nStart on 1,000,000 queued and 1,000,000 finished jobs (database of ${rounds[0]!.megabytes.toFixed(0)} MB)`,
  );
  console.log(
    `${label('process start to `status`')}${spread(starts, 'ms')}, ${(median(starts) / median(bare)).toFixed(1)}x of a bare Node that reads the file, ${spread(bare, 'ms')} (aim 3,000 ms)`,
  );
  console.log(
    `${label('CPU of the supervisor by then')}${spread(
      rounds.map(({ cpu }) => cpu),
      'ms',
    )}`,
  );
  const peak = Math.max(...rounds.map((round) => round.peak));
  console.log(
    `${label('peak resident memory')}${peak.toFixed(0)} MB, ${(peak / rounds[0]!.megabytes).toFixed(2)}x of the database file (aim 500 MB)`,
  );
}

function bareRead(file: string): number {
  const began = performance.now();
  execFileSync(process.execPath, ['-e', 'require("node:fs").readFileSync(process.argv[1])', file]);
  return performance.now() - began;
}
