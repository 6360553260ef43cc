/**
 * What supervisor and keeper need at rest, with 30 idle Python workers: resident memory and CPU. Measured after 20 s of rest, over further 20 s.
 * "Own" is the memory that would be free again if the process ended. RSS adds the pages of Node's program file, which the machine
 * holds once for all its Node processes, and of which more are counted the longer the machine has run Node: the same crew had
 * 122 MB and 132 MB. Aim: 120 MB together, under 1 % of a core. Floor in the same run: two Node processes that do nothing.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { follow, label, memory, withCrew } from './bench-crew.ts';

const WORKERS = 30;
const REST_MILLISECONDS = 20_000;

export async function reportRest(): Promise<void> {
  const bare = [0, 1].map(
    () => spawn(process.execPath, [join(import.meta.dirname, 'idle-process.mjs')], { stdio: 'ignore' }).pid!,
  );
  try {
    await withCrew(`pools: { noop: { command: python3 noop.py, workers: ${WORKERS} } }`, async (client) => {
      await client.request('up', {});
      await follow(
        client,
        ({ workers }) => workers.filter(({ state }) => state === 'RUNNING').length === WORKERS,
      );
      const { pid, keeperPid } = client.server;
      // Nobody looks: a face that follows would be told of every heartbeat.
      client.close();
      await delay(REST_MILLISECONDS);
      const groups: [string, number[]][] = [
        ['supervisor', [pid]],
        ['keeper', [keeperPid]],
        ['together', [pid, keeperPid]],
        ['two idle Node processes', bare],
      ];
      const before = new Map([pid, keeperPid, ...bare].map((each) => [each, cpuNanoseconds(each)]));
      await delay(REST_MILLISECONDS);
      console.log(`\nAt rest with ${WORKERS} idle workers (aim: 120 MB together, 1 % of a core)`);
      for (const [what, pids] of groups) {
        const sum = (of: (each: number) => number): number =>
          pids.reduce((total, each) => total + of(each), 0);
        const rss = sum((each) => memory(each, 'VmRSS'));
        const own = sum((each) => memory(each, 'RssAnon'));
        const cpu = sum((each) => (cpuNanoseconds(each) - before.get(each)!) / (REST_MILLISECONDS * 1e4));
        console.log(
          `${label(what)}own ${own.toFixed(0)} MB, RSS ${rss.toFixed(0)} MB, CPU ${cpu.toFixed(2)} % of a core`,
        );
      }
    });
  } finally {
    for (const pid of bare) process.kill(pid);
  }
}

/** Of all threads; finer than the hundredths of a second in `/proc/<pid>/stat`. Linux only. */
function cpuNanoseconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, each) => sum + each, 0);
}
