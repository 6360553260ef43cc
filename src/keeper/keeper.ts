/**
 * The keeper: holds the workers of one workspace, whoever supervises them. It knows nothing of jobs, decides nothing
 * about workers and parses none of their messages, so there is little in it that could fail.
 *
 * It lives while there is something to keep. Without a supervisor it brings one back as long as it keeps anything (see
 * `SupervisorRestart`), unless the last one said that it left on purpose.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import {
  KeeperError,
  type Handle,
  type KeptProcess,
  type SpawnRequest,
  type StrayDetail,
} from './contract.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { HelloParameters, KeeperRequests, RequestMethod, WireRequest } from './requests.ts';
import { SupervisorConnection, type ConnectionHost } from './supervisor-connection.ts';
import { SupervisorRestart, type RestartCommand } from './supervisor-restart.ts';
import { WIRE_VERSION } from './wire.ts';
import type { InputClosedReason } from './worker-input.ts';
import { WorkerLogs } from './worker-log.ts';
import { WorkerProcess, type WorkerProcessObserver } from './worker-process.ts';

/** With no worker alive and no supervisor the keeper waits this long for one before it exits. */
export const IDLE_MILLISECONDS = 60_000;
/**
 * The same when it still holds messages or exits that no supervisor has seen: results of a night must not go because
 * the supervisor could not be started for a minute.
 */
export const IDLE_WITH_RESULTS_MILLISECONDS = 24 * 60 * 60 * 1000;

/** After SIGTERM workers have this long to end by themselves. */
const TERMINATION_GRACE_MILLISECONDS = 5000;

export interface KeeperOptions {
  token: string;
  restart: RestartCommand;
  clock: Clock;
  /** Whether the workspace is where it was; one that was moved is gone on with from its new place. */
  workspaceIsThere: () => boolean;
  log: (text: string) => void;
  /** What all workers together may have waiting; see `MemoryBudget`. */
  waitingBytes?: number;
  /** The keeper has nothing left to do, or was told to end: all trees are ended. */
  onEnd: () => void;
}

type Answers = {
  [Method in Exclude<RequestMethod, 'hello'>]: (
    parameters: KeeperRequests[Method]['parameters'],
    connection: SupervisorConnection,
  ) => Promise<KeeperRequests[Method]['result']>;
};

export class Keeper implements ConnectionHost, WorkerProcessObserver {
  readonly #options: KeeperOptions;
  readonly #restart: SupervisorRestart;
  readonly #budget: MemoryBudget;
  readonly #logs: WorkerLogs;
  readonly #workers = new Map<Handle, WorkerProcess>();
  #lastHandle = 0;
  #connection: SupervisorConnection | undefined;
  #cancelIdleTimer: (() => void) | undefined;
  /** The last supervisor left on purpose, so none is brought back. */
  #detached = false;
  #isTerminating = false;
  #ending: Promise<void> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { clock, waitingBytes, workspaceIsThere } = options;
    this.#budget = new MemoryBudget(waitingBytes);
    this.#logs = new WorkerLogs(this.#budget, clock, workspaceIsThere);
    this.#restart = new SupervisorRestart(options.restart, options.clock, options.log);
    this.#watchIdleness();
  }

  /** Takes a new connection; it is nobody until its hello. */
  accept(socket: Socket): void {
    new SupervisorConnection(socket, this, this.#options.clock);
  }

  /** Ends every tree, then reports `onEnd`. Idempotent. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Asks every worker to end, as the system does when it shuts down; ends as soon as they have, or after a grace. */
  async terminate(): Promise<void> {
    this.#isTerminating = true;
    this.#options.clock.after(TERMINATION_GRACE_MILLISECONDS, () => void this.end());
    await Promise.all(
      [...this.#workers.values()].map(async (worker) => {
        await worker.signal('SIGTERM');
        // A stopped process hears the first only after the second.
        await worker.signal('SIGCONT');
      }),
    );
    this.#endWhenTerminated();
  }

  /** After an error nobody expected: the supervisor connects anew, and so all that is known of it is made anew. */
  dropConnection(): void {
    this.#connection?.close();
  }

  /**
   * Another keeper has this one's place, and who supervises is with that one: what is held here counts as lost and has been
   * swept up, and nobody will ever ask for it.
   */
  displaced(): void {
    if (this.#connection || this.#ending) return;
    this.#options.log('another keeper has taken the place; ends');
    void this.end();
  }

  get livingWorkers(): number {
    let living = 0;
    for (const worker of this.#workers.values()) if (!worker.exit) living += 1;
    return living;
  }

  onHello(
    connection: SupervisorConnection,
    parameters: HelloParameters,
  ): { pid: number; kept: KeptProcess[] } {
    if (!isSameToken(parameters.token, this.#options.token)) {
      this.#options.log('a connection with a wrong token was refused');
      throw new KeeperError('EACCES', 'the token is wrong');
    }
    if (parameters.version !== WIRE_VERSION) {
      throw new KeeperError('EPROTONOSUPPORT', `this keeper speaks version ${WIRE_VERSION} of its protocol`);
    }
    if (this.#ending) throw new KeeperError('ESHUTDOWN', 'the keeper is ending');
    // The older connection is silent from here on, so what is told of delivered frames holds.
    const replaced = this.#connection;
    this.#connection = connection;
    replaced?.replace();
    this.#detached = false;
    this.#restart.onConnected(parameters.restart);
    this.#watchIdleness();
    this.#options.log(`supervisor ${parameters.serverId} (process ${parameters.identity.pid}) has connected`);
    const kept: KeptProcess[] = [];
    for (const worker of this.#workers.values()) {
      kept.push(worker.describe());
      worker.messages.rewind();
      worker.isExitSent = false;
      connection.list(worker);
    }
    return { pid: process.pid, kept };
  }

  onClosed(connection: SupervisorConnection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#detached = connection.detached;
    this.#options.log(connection.detached ? 'the supervisor has left' : 'the supervisor is gone');
    this.#bringBack();
    this.#watchIdleness();
  }

  async onRequest(connection: SupervisorConnection, request: WireRequest): Promise<unknown> {
    const answer = Object.hasOwn(this.#answers, request.method)
      ? this.#answers[request.method as keyof Answers]
      : undefined;
    if (!answer) throw new KeeperError('ENOSYS', `there is no request ${request.method}`);
    return answer(request.params as never, connection);
  }

  onInput(handle: Handle, frame: number, bytes: Buffer): void {
    this.#workers.get(handle)?.deliver(frame, bytes);
  }

  onAcknowledge(handle: Handle, sequence: number): void {
    const worker = this.#workers.get(handle);
    if (!worker) return;
    worker.acknowledge(sequence);
    // What did not fit into the window, and behind it the exit.
    if (worker.messages.hasUnsent || (worker.exit && !worker.isExitSent)) this.onMessage(worker);
  }

  onFault(error: unknown): void {
    this.#options.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  onMessage(worker: WorkerProcess): void {
    // A worker that is not known yet is listed once its start was answered.
    if (this.#connection && this.#workers.has(worker.handle)) this.#connection.list(worker);
  }

  onStray(worker: WorkerProcess, detail: StrayDetail): void {
    this.#connection?.sendStray(worker.handle, detail);
  }

  onInputClosed(worker: WorkerProcess, reason: InputClosedReason): void {
    this.#connection?.sendInputClosed(worker.handle, { reason, deliveredFrame: worker.deliveredFrame });
  }

  onFinished(worker: WorkerProcess): void {
    this.onMessage(worker);
    this.#watchIdleness();
    this.#endWhenTerminated();
  }

  readonly #answers: Answers = {
    spawn: (request, connection) => this.#spawn(request, connection),
    closeInput: async ({ handle }) => {
      this.#worker(handle).closeInput();
      return null;
    },
    signal: ({ handle, signal }) => this.#worker(handle).signal(signal),
    freeze: ({ handle, frozen }) => this.#worker(handle).freeze(frozen),
    killTree: async ({ handle }) => {
      await this.#worker(handle).killTree();
      return null;
    },
    logTail: ({ handle, characters }) => this.#worker(handle).logTail(characters),
    forget: async ({ handle }) => {
      const worker = this.#worker(handle);
      if (!worker.exit) throw new KeeperError('EBUSY', `process ${handle} has not exited`);
      this.#workers.delete(handle);
      worker.forget();
      void this.#logs.release(worker.logFile);
      this.#watchIdleness();
      return null;
    },
    close: async ({ how }, connection) => {
      connection.detached = true;
      if (how === 'end') await this.end();
      return null;
    },
  };

  async #spawn(request: SpawnRequest, connection: SupervisorConnection): Promise<KeptProcess> {
    if (this.#isTerminating || this.#ending) throw new KeeperError('ESHUTDOWN', 'the keeper is ending');
    const log = this.#logs.acquire(request.logFile);
    const handle = ++this.#lastHandle;
    try {
      const { clock } = this.#options;
      const options = { handle, request, log, budget: this.#budget, clock, observer: this };
      const worker = await WorkerProcess.start(options);
      this.#workers.set(handle, worker);
      this.#watchIdleness();
      if (this.#connection && this.#connection !== connection) {
        // Who asked was replaced meanwhile, and its successor has been told what is kept: nobody would know of this one.
        await worker.killTree();
        this.#workers.delete(handle);
        throw new KeeperError('ECONNRESET', 'another supervisor has taken over');
      }
      // What it said or how it ended meanwhile; sent at the end of this turn, after the answer.
      this.onMessage(worker);
      return worker.describe();
    } catch (error) {
      log.note(
        `launch ${request.launch} of ${request.worker}: ${error instanceof Error ? error.message : String(error)}`,
      );
      void this.#logs.release(request.logFile);
      throw error;
    }
  }

  #worker(handle: Handle): WorkerProcess {
    const worker = this.#workers.get(handle);
    if (!worker) throw new KeeperError('ESRCH', `there is no process ${handle}`);
    return worker;
  }

  #bringBack(): void {
    const isWanted = this.#workers.size > 0 && !this.#detached;
    if (isWanted && !this.#isTerminating && !this.#ending) this.#restart.onLost();
  }

  #endWhenTerminated(): void {
    if (this.#isTerminating && this.livingWorkers === 0) void this.end();
  }

  /** Sets the timer for its own end, anew with every change of what it depends on. */
  #watchIdleness(): void {
    this.#cancelIdleTimer?.();
    this.#cancelIdleTimer = undefined;
    if (this.#connection || this.#ending || this.livingWorkers > 0) return;
    const hasResults = this.#workers.size > 0 && this.#options.workspaceIsThere();
    const wait = hasResults ? IDLE_WITH_RESULTS_MILLISECONDS : IDLE_MILLISECONDS;
    this.#cancelIdleTimer = this.#options.clock.after(wait, () => {
      this.#options.log('nothing is left to keep');
      void this.end();
    });
  }

  async #end(): Promise<void> {
    this.#restart.stop();
    this.#cancelIdleTimer?.();
    await Promise.all([...this.#workers.values()].map((worker) => worker.killTree()));
    const connection = this.#connection;
    // After the answer to who asked for it.
    setImmediate(() => {
      void Promise.resolve(connection?.finish()).finally(() => this.#options.onEnd());
    });
  }
}

/** Compares digests, so that neither the time taken nor the length says anything about the token. */
function isSameToken(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
