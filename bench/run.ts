/** `npm run bench`: every figure beside its peer or limit from the same run; machines are noisy, ratios less so. */
import { measureLatency } from './claim-latency.ts';
import { measureStart } from './start-workers.ts';
import { measureThroughput } from './throughput.ts';

const only = process.argv[2];
const rate = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;
const share = (value: number, limit: number): string => `${Math.round((value / limit) * 100)} %`;

if (!only || only === 'throughput') {
  const { limit1, limit4, limit9, durable1, durable, cpu } = await measureThroughput();
  console.log(
    '\nNo-op jobs, two Python workers, the whole durable path; limit: bare vscode-jsonrpc over pipes',
  );
  console.log(
    `  one at a time    ${rate(durable1)} of ${rate(limit1)} = ${share(durable1, limit1)} (aim 60 %)`,
  );
  console.log(
    `  sent ahead       ${rate(durable)} of ${rate(limit4)} at depth 4 = ${share(durable, limit4)} (aim 60 %)`,
  );
  console.log(
    `                   ${rate(durable)} of ${rate(limit9)} at depth 9 = ${share(durable, limit9)}`,
  );
  console.log(
    `  CPU a job        supervisor ${cpu.supervisor.toFixed(0)} µs, keeper ${cpu.keeper.toFixed(0)} µs`,
  );
}

if (!only || only === 'start') {
  const { bare, workers } = await measureStart();
  console.log('\nThirty Python workers to RUNNING; peer: thirty times `python3 -c pass` at once');
  console.log(
    `  ${Math.round(workers)} ms against ${Math.round(bare)} ms = ${(workers / bare).toFixed(2)}x (aim 1.3x)`,
  );
}

if (!only || only === 'latency') {
  console.log(
    '\nEnd of one job to the start of the next (an upper bound of claim-to-start; aim: flat, p99 under 10 ms)',
  );
  for (const queued of [1_000, 100_000, 1_000_000]) {
    const { p50, p99, enqueue } = await measureLatency(queued);
    console.log(
      `  ${queued.toLocaleString('en').padStart(9)} queued  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  (enqueued in ${Math.round(enqueue)} ms)`,
    );
  }
}
