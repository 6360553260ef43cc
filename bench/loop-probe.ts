/**
 * Looks from within how long an event loop stands still: preloaded (`--import`) into the process under test, it notes each time
 * that a timer of a millisecond comes late, one line a stop: when it ended, how long it was, and for how much of it this thread
 * had a processor. For each thread a file.
 */
import { appendFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = process.env['NIGHTCREW_BENCH_PROBE'];
const name = basename(process.argv[1] ?? '');
const PERIOD_MILLISECONDS = 1;
const WORTH_NOTING_MILLISECONDS = 3;

if (folder && ['supervisor.js', 'projection-thread.js', 'idle-process.mjs'].includes(name)) {
  let last = performance.now();
  let lastCpu = process.threadCpuUsage();
  setInterval(() => {
    const stop = performance.now() - last - PERIOD_MILLISECONDS;
    if (stop > WORTH_NOTING_MILLISECONDS) {
      const { user, system } = process.threadCpuUsage(lastCpu);
      const cpu = (user + system) / 1000;
      appendFileSync(join(folder, name), `${Date.now()} ${stop.toFixed(2)} ${cpu.toFixed(2)}\n`);
    }
    last = performance.now();
    lastCpu = process.threadCpuUsage();
  }, PERIOD_MILLISECONDS).unref();
}
