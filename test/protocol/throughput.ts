/**
 * Measures how many empty jobs a second one worker computes: `node test/protocol/throughput.ts [depth] [seconds] --
 * <command of a worker with a task nothing>`. The driver keeps `depth` jobs in the worker and does nothing else;
 * it writes all answers of one chunk in one go, as a supervisor does. Prints jobs a second and the worker's CPU time a
 * job (Linux only), which also holds on a machine that is busy with other things.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { encodeFrame, FrameDecoder } from '../../src/protocol/framing.ts';
import type { InitializeResult, WorkerMessage } from '../../src/protocol/generated/messages.ts';
import { pythonPath } from './worker-peer.ts';

const separator = process.argv.indexOf('--');
const [depth = 9, seconds = 3] = process.argv.slice(2, separator).map(Number);
const [program, ...arguments_] = process.argv.slice(separator + 1);

/** Milliseconds of one of the clock ticks that /proc counts CPU time in. */
const TICK = 10;

const worker = spawn(program!, arguments_, {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: {
    ...process.env,
    PYTHONPATH: pythonPath,
    NIGHTCREW_TOKEN: 'token',
    NIGHTCREW_WORKER_ID: 'measure-1',
    NIGHTCREW_POOL: 'measure',
    NIGHTCREW_WORKSPACE: process.cwd(),
  },
});

let outgoing: Buffer[] = [];
let enqueued = 0;
let done = 0;

function enqueue(): void {
  const jobId = ++enqueued;
  outgoing.push(
    encodeFrame(
      `{"jsonrpc":"2.0","id":"${jobId}.1","method":"job/run","params":{"jobId":${jobId},"attempt":1,"task":"nothing","parameters":{"beta":0.2,"seed":${jobId}}}}`,
    ),
  );
}

function flush(): void {
  if (outgoing.length === 0) return;
  worker.stdin.write(Buffer.concat(outgoing));
  outgoing = [];
}

/** Milliseconds of CPU time the worker has used. */
function cpuTime(): number {
  const fields = readFileSync(`/proc/${worker.pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

function measure(): void {
  const started = performance.now();
  const cpuBefore = process.platform === 'linux' ? cpuTime() : NaN;
  for (let count = 0; count < depth; count++) enqueue();
  setTimeout(() => {
    const perSecond = done / ((performance.now() - started) / 1000);
    const cpu = process.platform === 'linux' ? ((cpuTime() - cpuBefore) / done) * 1000 : NaN;
    console.log(`depth ${depth}: ${perSecond.toFixed(0)} jobs/s, ${cpu.toFixed(1)} µs CPU a job`);
    worker.stdin.end();
    process.exit();
  }, seconds * 1000);
}

function register(message: WorkerMessage): void {
  if (!('method' in message)) return;
  if (message.method === 'initialized') measure();
  if (message.method !== 'initialize') return;
  const result: InitializeResult = {
    protocolVersion: 1,
    workerId: 'measure-1',
    launch: 1,
    pool: 'measure',
    labels: {},
    heartbeatInterval: 30,
  };
  outgoing.push(encodeFrame(JSON.stringify({ jsonrpc: '2.0', id: message.id, result })));
}

const decoder = new FrameDecoder({
  onFrame: (body) => {
    if (enqueued === 0) {
      register(JSON.parse(body.toString()) as WorkerMessage);
      return;
    }
    done++;
    enqueue();
  },
  onStray: (bytes) => {
    throw new Error(`not a frame: ${bytes.toString()}`);
  },
});
worker.stdout.on('data', (chunk: Buffer) => {
  decoder.push(chunk);
  flush();
});
