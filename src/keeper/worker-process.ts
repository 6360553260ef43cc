/**
 * One worker as the keeper holds it: the process, its input, its output, its end.
 *
 * It goes through three states, each entered once:
 * 1. *running*: from its start on;
 * 2. *exited*: the main process is gone. What is left of its tree is ended, and what its streams still hold is read;
 * 3. *finished*: everything it wrote has become a message or a log line; `exit` is set and told. It may still hold
 *    messages that are not acknowledged.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import {
  KeeperError,
  LAUNCH_MARKER_VARIABLE,
  WORKER_ID_VARIABLE,
  type KeptProcess,
  type ProcessExit,
  type SpawnRequest,
  type StrayDetail,
} from './contract.ts';
import { DeliveryTimes } from './delivery-times.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { identifyProcess, signalProcess } from './process-identity.ts';
import { endTree, freezeTree, type TreeRoot } from './process-tree.ts';
import type { RetainedMessages } from './retained-messages.ts';
import { spawnWorker, type StartedProcess } from './spawn-worker.ts';
import { WorkerInput, type InputClosedReason } from './worker-input.ts';
import type { WorkerLog } from './worker-log.ts';
import { WorkerOutput } from './worker-output.ts';

/** A traceback, or what a shell says last; it is kept with every attempt that fails. */
const EXIT_TAIL_CHARACTERS = 1000;
/** A disk that hangs holds back the news of an exit no longer than this; the exit then comes without the log's end. */
const TAIL_MILLISECONDS = 2000;
/** Of a process that ended before it could be identified: matches none, so nothing is ever signalled by it. */
const UNIDENTIFIED = { startTime: 'unknown', bootId: 'unknown' };

type ProcessEnd = Pick<ProcessExit, 'code' | 'signal' | 'at'>;

export interface WorkerProcessObserver {
  /** There are messages to be sent. Called for every message: must be cheap. */
  onMessage(worker: WorkerProcess): void;
  onStray(worker: WorkerProcess, detail: StrayDetail): void;
  onInputClosed(worker: WorkerProcess, reason: InputClosedReason): void;
  /** `exit` is set. Comes after all else. */
  onFinished(worker: WorkerProcess): void;
}

export interface WorkerProcessOptions {
  handle: number;
  request: SpawnRequest;
  log: WorkerLog;
  budget: MemoryBudget;
  clock: Clock;
  observer: WorkerProcessObserver;
}

export class WorkerProcess {
  readonly handle: number;
  /** The connection's: whether it stands on the list of those who have something to be sent. */
  isListed = false;
  /** The connection's: whether the exit was sent on it. */
  isExitSent = false;
  readonly #request: SpawnRequest;
  readonly #log: WorkerLog;
  readonly #clock: Clock;
  readonly #observer: WorkerProcessObserver;
  readonly #root: TreeRoot;
  readonly #input: WorkerInput;
  readonly #output: WorkerOutput;
  readonly #deliveries = new DeliveryTimes();
  /** Since when its tree is stopped, and for how long it was before: what it does is not measured by that time. */
  #frozenSince: number | undefined;
  #frozenBefore = 0;
  #freezing: Promise<unknown> = Promise.resolve();
  readonly #spawnedAt: number;
  /** What the log holds from here to there is this launch's. */
  readonly #logStart: number;
  #logEnd: number | undefined;
  #end: ProcessEnd | undefined;
  #treeEnded: Promise<void> | undefined;
  #exit: ProcessExit | undefined;

  /** Starts the process. Rejects with KeeperError when that cannot be done. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const { request } = options;
    const marker = request.env[LAUNCH_MARKER_VARIABLE] ?? randomUUID();
    const started = await spawnWorker(request, {
      ...request.env,
      [WORKER_ID_VARIABLE]: request.worker,
      [LAUNCH_MARKER_VARIABLE]: marker,
    });
    const leader = { pid: started.pid, ...UNIDENTIFIED };
    const worker = new WorkerProcess(options, started, { worker: request.worker, leader, marker });
    // On Linux this is read before the event loop turns; until then a child is not reaped, so its PID is its own.
    const identity = await identifyProcess(started.pid);
    if (identity) worker.#root.leader = identity;
    return worker;
  }

  private constructor(options: WorkerProcessOptions, started: StartedProcess, root: TreeRoot) {
    const { handle, request, log, budget, clock, observer } = options;
    this.handle = handle;
    this.#request = request;
    this.#log = log;
    this.#clock = clock;
    this.#observer = observer;
    this.#root = root;
    this.#spawnedAt = clock.now();
    this.#logStart = log.beginLaunch(this.#spawnedAt, request.worker, request.launch, request.command);
    this.#input = new WorkerInput(started.stdin, (reason) => observer.onInputClosed(this, reason));
    const outputEnded = Promise.withResolvers<void>();
    this.#output = new WorkerOutput({
      handle,
      stdout: started.stdout,
      stderr: started.stderr,
      log,
      budget,
      clock,
      onMessage: () => observer.onMessage(this),
      onStray: (detail) => observer.onStray(this, detail),
      onEnd: () => outputEnded.resolve(),
    });
    const exited = Promise.withResolvers<ProcessEnd>();
    started.child.once('exit', (code, signal) => exited.resolve({ code, signal, at: clock.now() }));
    void this.#followToEnd(exited.promise, outputEnded.promise);
  }

  get identity(): ProcessIdentity {
    return this.#root.leader;
  }

  /** Set once it is finished. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  get logFile(): string {
    return this.#request.logFile;
  }

  get deliveredFrame(): number {
    return this.#input.deliveredFrame;
  }

  get messages(): RetainedMessages {
    return this.#output.messages;
  }

  describe(): KeptProcess {
    return {
      handle: this.handle,
      worker: this.#request.worker,
      launch: this.#request.launch,
      identity: this.identity,
      spawnedAt: this.#spawnedAt,
      deliveredFrame: this.deliveredFrame,
      frameAges: this.#deliveries.ages(this.#ownTime()),
      ...(this.#frozenSince !== undefined && { frozen: true }),
      ...(this.#exit && { exit: this.#exit }),
    };
  }

  /** Hands bytes to stdin; `frame` is the number of the last message in them. */
  deliver(frame: number, bytes: Buffer): void {
    this.#input.deliver(frame, bytes);
    this.#deliveries.add(frame, this.#ownTime());
  }

  /** Ends stdin after what was delivered. */
  closeInput(): void {
    this.#input.end();
  }

  acknowledge(sequence: number): void {
    this.#output.acknowledge(sequence);
  }

  /** Signals the process group. False when the main process is gone. Rejects with KeeperError `ENOSYS` on Windows. */
  async signal(signal: NodeJS.Signals): Promise<boolean> {
    if (this.#end) return false;
    try {
      return await signalProcess(this.identity, signal, 'group');
    } catch (error) {
      throw new KeeperError(errorCode(error), `${signal} cannot be sent: ${errorMessage(error)}`);
    }
  }

  /** Stops the whole tree or lets it go on. False when the main process is gone. */
  freeze(frozen: boolean): Promise<boolean> {
    // One after the other: both take several looks at the tree, and the last one asked for must be the last one done.
    const done = this.#freezing.then(() => this.#freeze(frozen));
    this.#freezing = done.catch(() => undefined);
    return done;
  }

  async #freeze(frozen: boolean): Promise<boolean> {
    if (this.#end) return false;
    // Counted from before it stops and until it goes on, so that a job is charged less rather than more.
    if (frozen) this.#frozenSince ??= this.#clock.monotonic();
    try {
      return await freezeTree(this.#root, frozen, this.#clock);
    } catch (error) {
      if (frozen) this.#thawed();
      throw new KeeperError('ENOSYS', errorMessage(error));
    } finally {
      if (!frozen) this.#thawed();
    }
  }

  /** Ends the whole tree. Resolves when nothing of it is left, or nothing that can be ended. */
  async killTree(): Promise<void> {
    await (this.#treeEnded ?? this.#endTree('leader'));
  }

  /** Nobody will ask for it any more. */
  forget(): void {
    this.#output.forget();
  }

  /** The last characters of what this launch has logged. */
  logTail(characters: number): Promise<string> {
    return this.#log.rotating.tail(characters, this.#logStart, this.#logEnd);
  }

  #thawed(): void {
    if (this.#frozenSince === undefined) return;
    this.#frozenBefore += this.#clock.monotonic() - this.#frozenSince;
    this.#frozenSince = undefined;
  }

  /** Time awake in which the worker could act. */
  #ownTime(): number {
    return (this.#frozenSince ?? this.#clock.monotonic()) - this.#frozenBefore;
  }

  async #followToEnd(exited: Promise<ProcessEnd>, outputEnded: Promise<void>): Promise<void> {
    this.#end = await exited;
    this.#input.end();
    this.#treeEnded = this.#endTree('group');
    await this.#treeEnded;
    this.#output.drain();
    await outputEnded;
    this.#logEnd = this.#log.endLaunch();
    this.#exit = { ...this.#end, logTail: await this.#tailWithinLimit() };
    this.#observer.onFinished(this);
  }

  async #endTree(known: 'leader' | 'group'): Promise<void> {
    try {
      const left = await endTree(this.#root, this.#clock, known);
      for (const { pid } of left) this.#log.note(`process ${pid} of its tree could not be ended`);
    } catch (error) {
      this.#log.note(`what is left of its tree could not be ended: ${errorMessage(error)}`);
    }
  }

  #tailWithinLimit(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const cancelTimer = this.#clock.after(TAIL_MILLISECONDS, () => resolve(''));
    void this.logTail(EXIT_TAIL_CHARACTERS)
      .catch(() => '')
      .then(resolve)
      .finally(cancelTimer);
    return promise;
  }
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
}

function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
