/** What it costs to look at memory and CPU of 30 workers' process trees once a second, each with a child. In this process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess } from '../src/keeper/process-identity.ts';
import { treeProbe } from '../src/supervisor/resource-probe.ts';
import { label } from './bench-crew.ts';

const WORKERS = 30;
const SECONDS = 15;

export async function reportMonitor(): Promise<void> {
  const workers: ChildProcess[] = Array.from({ length: WORKERS }, () =>
    spawn('sh', ['-c', 'sleep 300 & wait'], { stdio: 'ignore', detached: true }),
  );
  try {
    await delay(500);
    const found = await Promise.all(workers.map(({ pid }) => identifyProcess(pid!)));
    const roots = found.filter((identity) => identity !== undefined);
    await treeProbe.measure(roots);
    const before = process.cpuUsage();
    const began = performance.now();
    for (let second = 0; second < SECONDS; second++) {
      await treeProbe.measure(roots);
      await delay(1000);
    }
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 10 / (performance.now() - began);
    console.log(`\nMemory and CPU of ${WORKERS} workers, once a second`);
    console.log(`${label('CPU of the looking process')}${share.toFixed(2)} % of a core`);
  } finally {
    for (const { pid } of workers) process.kill(-pid!, 'SIGKILL');
  }
}
