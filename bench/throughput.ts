/**
 * No-op jobs per second through the whole durable path with two Python workers, and the limit: the same two workers,
 * driven by bare vscode-jsonrpc over pipes in the same run, with nothing recorded and no keeper between.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { cpuSeconds, distribution, follow, label, withCrew, workers } from './bench-crew.ts';

const JOBS = 60_000;
const ROUNDS = 3;

interface Throughput {
  limit1: number;
  limit4: number;
  limit9: number;
  durable1: number;
  durable: number;
  cpu: { supervisor: number; keeper: number };
}

/** Jobs per second with `depth` requests under way at each of two workers. */
async function bare(depth: number): Promise<number> {
  const children = [0, 1].map(() =>
    spawn('python3', [join(workers, 'noop.py')], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...process.env,
        PYTHONPATH: join(distribution, 'sdk', 'python'),
        NIGHTCREW_TOKEN: 'bench',
        NIGHTCREW_WORKER_ID: 'bench-1',
        NIGHTCREW_POOL: 'bench',
        NIGHTCREW_WORKSPACE: workers,
      },
    }),
  );
  const connections = await Promise.all(
    children.map((child) => {
      const connection = createMessageConnection(
        new StreamMessageReader(child.stdout),
        new StreamMessageWriter(child.stdin),
      );
      connection.onRequest('initialize', () => ({
        protocolVersion: 1,
        workerId: 'bench-1',
        launch: 1,
        pool: 'bench',
        labels: {},
        heartbeatInterval: 30,
      }));
      const ready = new Promise<void>((resolve) => connection.onNotification('initialized', resolve));
      connection.listen();
      return ready.then(() => connection);
    }),
  );
  let next = 0;
  const started = performance.now();
  await Promise.all(
    connections.flatMap((connection) =>
      Array.from({ length: depth }, async () => {
        while (next < JOBS) {
          const n = next++;
          await connection.sendRequest('job/run', { jobId: n, attempt: 1, task: 'run', parameters: { n } });
        }
      }),
    ),
  );
  const rate = JOBS / ((performance.now() - started) / 1000);
  for (const connection of connections) connection.dispose();
  await Promise.all(
    children.map((child) => new Promise((resolve) => child.once('exit', resolve).stdin.end())),
  );
  return rate;
}

async function durable(prefetch: number): Promise<{ rate: number; supervisor: number; keeper: number }> {
  const crewFile = `
pools: { noop: { command: python3 noop.py ${prefetch}, workers: 2 } }
batches: { all: { pool: noop, matrix: { n: 1..${JOBS} } } }
`;
  return withCrew(crewFile, async (client) => {
    await client.request('up', {});
    await follow(client, (state) => state.workers.every(({ state: is }) => is === 'RUNNING'));
    const { pid, keeperPid } = client.server;
    const [supervisor, keeper] = [cpuSeconds(pid), cpuSeconds(keeperPid)];
    const started = performance.now();
    await client.request('enqueueBatches', {});
    await follow(client, (state) => state.batches[0]?.counts.done === JOBS);
    const rate = JOBS / ((performance.now() - started) / 1000);
    return { rate, supervisor: cpuSeconds(pid) - supervisor, keeper: cpuSeconds(keeperPid) - keeper };
  });
}

/** The best of several rounds of each, in turns, so that a slow moment of the machine hits all alike. */
async function measureThroughput(): Promise<Throughput> {
  const best: Throughput = {
    limit1: 0,
    limit4: 0,
    limit9: 0,
    durable1: 0,
    durable: 0,
    cpu: { supervisor: 0, keeper: 0 },
  };
  for (let round = 0; round < ROUNDS; round++) {
    best.limit1 = Math.max(best.limit1, await bare(1));
    best.durable1 = Math.max(best.durable1, (await durable(0)).rate);
    best.limit4 = Math.max(best.limit4, await bare(4));
    const full = await durable(8);
    if (full.rate > best.durable) {
      best.durable = full.rate;
      best.cpu = { supervisor: (full.supervisor / JOBS) * 1e6, keeper: (full.keeper / JOBS) * 1e6 };
    }
    best.limit9 = Math.max(best.limit9, await bare(9));
  }
  return best;
}

export async function reportThroughput(): Promise<void> {
  const { limit1, limit4, limit9, durable1, durable, cpu } = await measureThroughput();
  const rate = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;
  const share = (value: number, limit: number): string => `${Math.round((value / limit) * 100)} %`;
  console.log(
    '\nNo-op jobs, two Python workers, the whole durable path; limit: bare vscode-jsonrpc over pipes',
  );
  console.log(
    `${label('one at a time')}${rate(durable1)} of ${rate(limit1)} = ${share(durable1, limit1)} (aim 60 %)`,
  );
  console.log(
    `${label('sent ahead')}${rate(durable)} of ${rate(limit4)} at depth 4 = ${share(durable, limit4)} (aim 60 %)`,
  );
  console.log(`${label('')}${rate(durable)} of ${rate(limit9)} at depth 9 = ${share(durable, limit9)}`);
  console.log(
    `${label('CPU a job')}supervisor ${cpu.supervisor.toFixed(0)} µs, keeper ${cpu.keeper.toFixed(0)} µs`,
  );
}
