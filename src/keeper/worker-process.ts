/**
 * One worker as the keeper holds it: the process, its three streams, its unacknowledged messages, its end.
 *
 * It goes through three states, each entered once:
 * 1. *running*: from its start on;
 * 2. *exited*: the main process is gone. What is left of its tree is ended, and what its pipes still hold is read;
 * 3. *finished*: everything it wrote has become a message or a log line; `exit` is set and told. It may still hold
 *    messages that are not acknowledged.
 *
 * Flow: its stdout is read only while its unacknowledged messages and its unwritten log are below a limit, its stderr
 * only while its log is. So a worker that floods stops itself, and no one else.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import { FrameDecoder, type StrayReason } from '../protocol/framing.ts';
import {
  KeeperError,
  type KeptProcess,
  type ProcessExit,
  type SpawnRequest,
  type StrayDetail,
} from './contract.ts';
import { identifyProcess, signalProcess } from './process-identity.ts';
import { endTree, LAUNCH_MARKER_VARIABLE, WORKER_ID_VARIABLE, type TreeRoot } from './process-tree.ts';
import { RetainedMessages } from './retained-messages.ts';
import { StrayReporter } from './stray-reporter.ts';
import type { WorkerLog } from './worker-log.ts';

/** Above this many bytes of unacknowledged messages the worker's stdout is not read. */
export const MAX_RETAINED_BYTES = 8 * 1024 * 1024;
/** Above this many bytes that wait for the disk neither stderr nor stdout is read. */
export const MAX_QUEUED_LOG_BYTES = 8 * 1024 * 1024;
/** Input a worker may leave unread: the largest message it could be sent. More is not taken from the supervisor. */
export const MAX_UNREAD_INPUT_BYTES = 64 * 1024 * 1024;
/** How long after its exit a worker's pipes are read, when something outside its tree keeps them open. */
const DRAIN_MILLISECONDS = 2000;
/** MISSION D5. */
const EXIT_TAIL_CHARACTERS = 1000;
/** Of a frame above the size limit the log gets only the beginning: the rest would push out what explains it. */
const OVERSIZED_SAMPLE_BYTES = 1024;

/** Of a process that ended before it could be identified: matches none, so nothing is ever signalled by it. */
const UNIDENTIFIED = { startTime: 'unknown', bootId: 'unknown' };

export interface WorkerProcessObserver {
  /** There are messages to be sent. Called for every message: must be cheap. */
  onMessage(worker: WorkerProcess): void;
  onStray(worker: WorkerProcess, detail: StrayDetail): void;
  onInputClosed(worker: WorkerProcess, reason: 'broken' | 'overflow'): void;
  /** `exit` is set. Comes after all else. */
  onFinished(worker: WorkerProcess): void;
}

export interface WorkerProcessOptions {
  handle: number;
  request: SpawnRequest;
  log: WorkerLog;
  clock: Clock;
  observer: WorkerProcessObserver;
}

export class WorkerProcess {
  readonly handle: number;
  readonly messages: RetainedMessages;
  /** The connection's: whether it stands on the list of those who have something to be sent. */
  isListed = false;
  /** The connection's: whether the exit was sent on it. */
  isExitSent = false;
  readonly #request: SpawnRequest;
  readonly #log: WorkerLog;
  readonly #logStart: number;
  readonly #clock: Clock;
  readonly #observer: WorkerProcessObserver;
  readonly #root: TreeRoot;
  readonly #spawnedAt: number;
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  readonly #stderr: Readable;
  readonly #decoder: FrameDecoder;
  readonly #stray: StrayReporter;
  #deliveredFrame = 0;
  #inputClosed = false;
  #oversizedLogged = 0;
  #exited: { code: number | null; signal: string | null; at: number } | undefined;
  #treeEnded: Promise<unknown> | undefined;
  #openStreams = 2;
  #cancelDrainTimer: (() => void) | undefined;
  #exit: ProcessExit | undefined;

  /** Starts the process. Rejects with KeeperError when that cannot be done. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const { request } = options;
    const [program, ...programArguments] = request.command;
    if (program === undefined) throw new KeeperError('EINVAL', 'the command is empty');
    const marker = request.env[LAUNCH_MARKER_VARIABLE] ?? randomUUID();
    const env = {
      ...request.env,
      [WORKER_ID_VARIABLE]: request.worker,
      [LAUNCH_MARKER_VARIABLE]: marker,
    };
    const subprocess = spawnWorker(program, programArguments, request.cwd, env);
    const { pid } = subprocess;
    if (pid === undefined) throw spawnError(request, await subprocess);
    const root: TreeRoot = { worker: request.worker, leader: { pid, ...UNIDENTIFIED }, marker };
    const worker = new WorkerProcess(options, subprocess, root);
    // On Linux this is read before the event loop turns; until then a child is not reaped, so its PID is its own.
    const identity = await identifyProcess(pid);
    if (identity) root.leader = identity;
    return worker;
  }

  private constructor(
    options: WorkerProcessOptions,
    subprocess: ReturnType<typeof spawnWorker>,
    root: TreeRoot,
  ) {
    this.handle = options.handle;
    this.messages = new RetainedMessages(options.handle);
    this.#request = options.request;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#observer = options.observer;
    this.#root = root;
    this.#spawnedAt = options.clock.now();
    const { worker, launch, command } = options.request;
    this.#logStart = options.log.beginLaunch(this.#spawnedAt, worker, launch, command);
    this.#stray = new StrayReporter(options.clock, (detail) => options.observer.onStray(this, detail));
    this.#decoder = new FrameDecoder({
      onFrame: (body) => {
        this.messages.append(body);
        this.#observer.onMessage(this);
      },
      onStray: (bytes, reason) => this.#onStray(bytes, reason),
    });
    this.#stdin = subprocess.stdin;
    this.#stdout = subprocess.stdout;
    this.#stderr = subprocess.stderr;
    this.#stdin.on('error', () => this.#closeInput('broken'));
    this.#stdout.on('data', (chunk: Buffer) => {
      this.#decoder.push(chunk);
      if (this.#isFull()) this.#regulate();
    });
    this.#stderr.on('data', (chunk: Buffer) => {
      this.#log.appendStderr(chunk);
      if (this.#isLogFull()) this.#regulate();
    });
    for (const stream of [this.#stdout, this.#stderr]) {
      stream.on('error', () => {});
      stream.once('close', () => {
        this.#openStreams -= 1;
        this.#finishWhenDone();
      });
    }
    subprocess.nodeChildProcess.once('exit', (code, signal) => this.#onProcessExit(code, signal));
  }

  get identity(): ProcessIdentity {
    return this.#root.leader;
  }

  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  get logFile(): string {
    return this.#request.logFile;
  }

  get deliveredFrame(): number {
    return this.#deliveredFrame;
  }

  describe(): KeptProcess {
    return {
      handle: this.handle,
      worker: this.#request.worker,
      launch: this.#request.launch,
      identity: this.identity,
      spawnedAt: this.#spawnedAt,
      deliveredFrame: this.#deliveredFrame,
      ...(this.#exit && { exit: this.#exit }),
    };
  }

  /** Hands bytes to stdin; `frame` is the number of the last message in them. What comes too late is dropped. */
  deliver(frame: number, bytes: Buffer): void {
    if (this.#inputClosed || this.#exited) return;
    if (
      this.#stdin.writableLength + bytes.length > MAX_UNREAD_INPUT_BYTES &&
      this.#stdin.writableLength > 0
    ) {
      this.#closeInput('overflow');
      return;
    }
    this.#deliveredFrame = frame;
    this.#stdin.write(bytes);
  }

  /** Ends the worker's stdin after what was handed to it. */
  closeInput(): void {
    this.#inputClosed = true;
    this.#stdin.end();
  }

  acknowledge(sequence: number): void {
    this.messages.acknowledge(sequence);
    if (this.#stdout.isPaused()) this.#regulate();
  }

  /** Signals the process group. False when the main process is gone. */
  async signal(signal: NodeJS.Signals): Promise<boolean> {
    return this.#exited ? false : signalProcess(this.identity, signal, 'group');
  }

  /** Ends the whole tree. Resolves when nothing of it is left, or nothing that can be ended. */
  async killTree(): Promise<void> {
    await (this.#treeEnded ?? endTree(this.#root, this.#clock));
  }

  logTail(characters: number): Promise<string> {
    return this.#log.rotating.tail(characters, this.#logStart);
  }

  #isLogFull(): boolean {
    return this.#log.rotating.queuedBytes > MAX_QUEUED_LOG_BYTES;
  }

  #isFull(): boolean {
    return this.messages.bytes > MAX_RETAINED_BYTES || this.#isLogFull();
  }

  /**
   * Stops and resumes reading; resumes only at half the limit, so that it does not happen for every message. Pausing is
   * repeated even when paused, because Node resumes the pipes of a child that exits.
   */
  #regulate(): void {
    if (this.#isLogFull()) {
      this.#stdout.pause();
      this.#stderr.pause();
      this.#log.rotating.whenBelow(MAX_QUEUED_LOG_BYTES / 2, () => this.#regulate());
    } else {
      this.#stderr.resume();
      const limit = this.#stdout.isPaused() ? MAX_RETAINED_BYTES / 2 : MAX_RETAINED_BYTES;
      if (this.messages.bytes > limit) this.#stdout.pause();
      else this.#stdout.resume();
    }
    this.#limitDrain();
  }

  #onStray(bytes: Buffer, reason: StrayReason): void {
    this.#stray.add(bytes, reason);
    if (reason !== 'oversized') {
      this.#oversizedLogged = 0;
      this.#log.appendStray(bytes);
      return;
    }
    if (this.#oversizedLogged === 0)
      this.#log.note('a message above the size limit was dropped; it begins with');
    const sample = bytes.subarray(0, OVERSIZED_SAMPLE_BYTES - this.#oversizedLogged);
    this.#oversizedLogged += sample.length;
    if (sample.length > 0) this.#log.appendStray(sample);
  }

  #closeInput(reason: 'broken' | 'overflow'): void {
    if (this.#inputClosed || this.#exited) return;
    this.closeInput();
    this.#log.note(
      reason === 'broken'
        ? 'the worker closed its stdin'
        : `the worker left ${MAX_UNREAD_INPUT_BYTES} bytes of input unread; it gets no more`,
    );
    this.#observer.onInputClosed(this, reason);
  }

  #onProcessExit(code: number | null, signal: string | null): void {
    this.#exited = { code, signal, at: this.#clock.now() };
    this.#inputClosed = true;
    this.#treeEnded = endTree(this.#root, this.#clock)
      .then((left) => {
        for (const { pid } of left) this.#log.note(`process ${pid} of its tree could not be ended`);
      })
      .catch((error: unknown) =>
        this.#log.note(`what is left of its tree could not be ended: ${String(error)}`),
      )
      .finally(() => {
        this.#limitDrain();
        this.#finishWhenDone();
      });
  }

  /** After the end of the tree, a pipe that is being read but never ends is given up after a while. */
  #limitDrain(): void {
    this.#cancelDrainTimer?.();
    this.#cancelDrainTimer = undefined;
    if (!this.#treeEnded || this.#openStreams === 0 || this.#stdout.isPaused()) return;
    this.#cancelDrainTimer = this.#clock.after(DRAIN_MILLISECONDS, () => {
      this.#log.note('a process outside its tree still holds its output open');
      this.#stdout.destroy();
      this.#stderr.destroy();
    });
  }

  #finishWhenDone(): void {
    if (!this.#exited || !this.#treeEnded || this.#openStreams > 0 || this.#exit) return;
    const { code, signal, at } = this.#exited;
    this.#cancelDrainTimer?.();
    this.#decoder.end();
    this.#stray.end();
    const tail = this.#treeEnded.then(() => this.#tailWithinLimit());
    void tail.then((logTail) => {
      if (this.#exit) return;
      this.#exit = { code, signal, at, logTail };
      this.#observer.onFinished(this);
    });
  }

  /** A disk that hangs must not hold back the news of an exit. */
  #tailWithinLimit(): Promise<string> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(DRAIN_MILLISECONDS, () => resolve(''));
      void this.logTail(EXIT_TAIL_CHARACTERS)
        .catch(() => '')
        .then((tail) => {
          cancel();
          resolve(tail);
        });
    });
  }
}

/** The child leads a session and a group of its own: signals of a terminal do not reach it, ours reach its whole group. */
function spawnWorker(program: string, programArguments: string[], cwd: string, env: Record<string, string>) {
  try {
    return execa(program, programArguments, {
      cwd,
      env,
      extendEnv: false,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      encoding: 'buffer',
      buffer: false,
      detached: true,
      // The keeper decides what its end means for its workers; see main.ts.
      cleanup: false,
      reject: false,
    });
  } catch (error) {
    throw new KeeperError('EINVAL', error instanceof Error ? error.message : String(error));
  }
}

/** What to tell the person whose command did not start. */
function spawnError(
  request: SpawnRequest,
  failure: { code?: string; originalMessage?: string },
): KeeperError {
  const code = failure.code ?? 'UNKNOWN';
  const program = request.command[0]!;
  if (code !== 'ENOENT') {
    const reason = code === 'EACCES' ? 'it may not be executed' : (failure.originalMessage ?? code);
    return new KeeperError(code, `cannot start ${program}: ${reason}`);
  }
  if (!statSync(request.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return new KeeperError(code, `cannot start ${program}: the folder ${request.cwd} does not exist`);
  }
  const where = program.includes('/')
    ? `seen from ${request.cwd}`
    : `on PATH (${request.env['PATH'] ?? 'not set'})`;
  return new KeeperError(code, `cannot start ${program}: there is no such program ${where}`);
}
