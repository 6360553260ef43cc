/**
 * Measures what the keeper costs: jobs a second through it, beside the same over bare pipes in the same run, and the CPU
 * time of the keeper for each frame. Not a test: `node test/keeper/relay-measurement.ts [seconds]`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { KeeperEvents } from '../../src/keeper/contract.ts';
import { identifyProcess } from '../../src/keeper/process-identity.ts';
import { startKeeper } from '../../src/keeper/start-keeper.ts';
import { encodeFrame, FrameDecoder } from '../../src/protocol/framing.ts';

const SECONDS = Number(process.argv[2] ?? 3);
const WORKERS = 2;
const fixture = path.join(import.meta.dirname, 'fixtures/answer.py');
/** Clock ticks a second of /proc/PID/stat: 100 on every Linux in use. */
const TICKS = 100;

interface Measurement {
  jobsPerSecond: number;
}

const parameters = (seed: number) => ({ job: seed, attempt: 1, task: 'run', seed, alpha: 0.1 });

/** Keeps `depth` jobs with each worker until the time is up. `give` hands one over; the returned `finished` is called for each answer. */
async function measure(
  depth: number,
  give: (worker: number, finished: () => void) => void,
): Promise<Measurement> {
  let answers = 0;
  let open = 0;
  let running = true;
  const { promise, resolve } = Promise.withResolvers<void>();
  const next = (worker: number) => {
    open += 1;
    give(worker, () => {
      open -= 1;
      answers += 1;
      if (running) next(worker);
      else if (open === 0) resolve();
    });
  };
  const start = performance.now();
  for (let worker = 0; worker < WORKERS; worker++) for (let n = 0; n < depth; n++) next(worker);
  setTimeout(() => (running = false), SECONDS * 1000);
  await promise;
  return { jobsPerSecond: (answers / (performance.now() - start)) * 1000 };
}

function startWorkers(): ChildProcess[] {
  return Array.from({ length: WORKERS }, () =>
    spawn('python3', [fixture], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
}

async function endWorkers(workers: ChildProcess[]): Promise<void> {
  const exits = workers.map((worker) => once(worker, 'exit'));
  for (const worker of workers) worker.stdin!.end();
  await Promise.all(exits);
}

async function bareJsonRpc(depth: number): Promise<Measurement> {
  const workers = startWorkers();
  const connections = workers.map((worker) =>
    createMessageConnection(new StreamMessageReader(worker.stdout!), new StreamMessageWriter(worker.stdin!)),
  );
  for (const connection of connections) connection.listen();
  let seed = 0;
  const result = await measure(depth, (worker, finished) => {
    void connections[worker]!.sendRequest('job/run', parameters(++seed)).then(finished);
  });
  for (const connection of connections) connection.dispose();
  await endWorkers(workers);
  return result;
}

async function barePipes(depth: number): Promise<Measurement> {
  const workers = startWorkers();
  const pending = new Map<number, () => void>();
  for (const worker of workers) {
    const decoder = new FrameDecoder({
      onFrame: (body) => settle(pending, body),
      onStray: () => {},
    });
    worker.stdout!.on('data', (chunk: Buffer) => decoder.push(chunk));
  }
  let id = 0;
  const result = await measure(depth, (worker, finished) => {
    pending.set(++id, finished);
    workers[worker]!.stdin!.write(encodeFrame(request(id)));
  });
  await endWorkers(workers);
  return result;
}

function request(id: number): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'job/run', params: parameters(id) });
}

function settle(pending: Map<number, () => void>, body: Buffer): void {
  const { id } = JSON.parse(body.toString('utf8')) as { id: number };
  const finished = pending.get(id)!;
  pending.delete(id);
  finished();
}

async function relayed(depth: number): Promise<Measurement & { microsecondsPerFrame: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightcrew-'));
  const pending = new Map<number, () => void>();
  const acknowledge: KeeperEvents['onMessage'] = (handle, sequence, body) => {
    keeper.acknowledge(handle, sequence);
    settle(pending, body);
  };
  const keeper = await startKeeper({
    entry: process.env['KEEPER_ENTRY'] ?? path.join(import.meta.dirname, '../../src/keeper/main.ts'),
    executable: process.execPath,
    runtimeFolder: folder,
    token: 'measurement',
    workspace: folder,
    restart: { executable: process.execPath, arguments: ['--version'], env: {} },
    serverId: 'measurement',
    identity: (await identifyProcess(process.pid))!,
    events: {
      onMessage: acknowledge,
      onExit: () => {},
      onStray: () => {},
      onDisconnected: () => {},
    },
  });
  const handles: number[] = [];
  for (let worker = 0; worker < WORKERS; worker++) {
    const kept = await keeper.spawn({
      worker: `measured-${worker}`,
      launch: 1,
      command: ['python3', fixture],
      cwd: folder,
      env: { PATH: process.env['PATH']! },
      logFile: path.join(folder, `worker_measured-${worker}.log`),
    });
    handles.push(kept.handle);
  }
  let id = 0;
  const before = await cpuSeconds(keeper.pid);
  const result = await measure(depth, (worker, finished) => {
    pending.set(++id, finished);
    keeper.send(handles[worker]!, request(id));
  });
  const cpu = (await cpuSeconds(keeper.pid)) - before;
  await keeper.close('end');
  await rm(folder, { recursive: true });
  // Each job is two frames: one down, one up.
  return { ...result, microsecondsPerFrame: (cpu / (2 * id)) * 1e6 };
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

for (const depth of [1, 4, 16]) {
  const jsonRpc = await bareJsonRpc(depth);
  const pipes = await barePipes(depth);
  const keeper = await relayed(depth);
  const share = (base: Measurement) => `${Math.round((100 * keeper.jobsPerSecond) / base.jobsPerSecond)} %`;
  console.log(
    `depth ${depth}: bare vscode-jsonrpc ${Math.round(jsonRpc.jobsPerSecond)} jobs/s, bare pipes ` +
      `${Math.round(pipes.jobsPerSecond)}, through the keeper ${Math.round(keeper.jobsPerSecond)} ` +
      `(${share(jsonRpc)} and ${share(pipes)}); keeper ${keeper.microsecondsPerFrame.toFixed(1)} µs CPU a frame`,
  );
}
