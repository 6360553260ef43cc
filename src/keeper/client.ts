/** The supervisor's end of the connection to its keeper. */
import { connect, type Socket } from 'node:net';
import { systemClock, type Clock } from '../core/clock.ts';
import type { ProcessIdentity } from '../core/worker.ts';
import {
  KeeperError,
  type Handle,
  type KeeperClient,
  type KeeperEvents,
  type KeptProcess,
  type ProcessExit,
  type SpawnRequest,
  type StrayDetail,
} from './contract.ts';
import { InputBatches } from './input-batches.ts';
import { readKeeperRecord } from './keeper-record.ts';
import type { KeeperRequests, RequestMethod, WireResponse, WorkerSignal } from './requests.ts';
import type { RestartCommand } from './supervisor-restart.ts';
import { FrameKind, FrameReader, FrameWriter, MAX_BODY_BYTES, WireError, wireVersionFor } from './wire.ts';

/** A keeper that does not answer a hello for so long is stuck. */
const HELLO_MILLISECONDS = 10_000;

export interface ConnectKeeperOptions {
  /** Where the keeper wrote its record, with its socket and token. */
  runtimeFolder: string;
  /** Made anew by each start of a supervisor. */
  serverId: string;
  /** The supervisor's own. */
  identity: ProcessIdentity;
  events: KeeperEvents;
  /** How the keeper starts a supervisor from now on. Without it as before. */
  restart?: RestartCommand;
  clock?: Clock;
}

/**
 * Connects to the keeper of a runtime folder and takes the workers over from whoever was connected. Rejects with
 * KeeperError: `ENOENT` there is no record, `ECONNREFUSED` or `ENOENT` nobody listens any more, `EACCES` wrong token,
 * `EPROTONOSUPPORT` another version, `ETIMEDOUT` no answer.
 */
export async function connectKeeper(options: ConnectKeeperOptions): Promise<KeeperClient> {
  const record = await readKeeperRecord(options.runtimeFolder);
  if (!record) throw new KeeperError('ENOENT', `${options.runtimeFolder} holds no record of a keeper`);
  const version = wireVersionFor(record.version);
  if (version === undefined) {
    throw new KeeperError('EPROTONOSUPPORT', `the keeper speaks version ${record.version} of its protocol`);
  }
  const socket = await openSocket(record.socket);
  const connection = new KeeperConnection(socket, options.events);
  const cancelTimer = (options.clock ?? systemClock).after(HELLO_MILLISECONDS, () =>
    connection.fail(new KeeperError('ETIMEDOUT', 'the keeper does not answer')),
  );
  try {
    const { pid, kept } = await connection.request('hello', {
      version,
      token: record.token,
      serverId: options.serverId,
      identity: options.identity,
      ...(options.restart && { restart: options.restart }),
    });
    return connection.attached(pid, kept);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    cancelTimer();
  }
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const onError = (error: NodeJS.ErrnoException) =>
      reject(new KeeperError(error.code ?? 'UNKNOWN', `cannot connect to the keeper: ${error.message}`));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

interface PendingRequest {
  method: RequestMethod;
  resolve: (result: never) => void;
  reject: (error: KeeperError) => void;
}

class KeeperConnection implements KeeperClient {
  pid = 0;
  kept: readonly KeptProcess[] = [];
  readonly #socket: Socket;
  readonly #events: KeeperEvents;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  readonly #inputs: InputBatches;
  readonly #requests = new Map<number, PendingRequest>();
  #lastRequest = 0;
  /**
   * Events that wait for the next turn, because the promise that makes their handle known was resolved in this one. While
   * it is set, everything goes through it, so that the order stays.
   */
  #held: (() => void)[] | undefined;
  #failure: KeeperError | undefined;
  #isAttached = false;
  #isReplaced = false;
  /** Its user has closed it: no news to him. */
  #isClosing = false;

  constructor(socket: Socket, events: KeeperEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#reader = new FrameReader(MAX_BODY_BYTES, (kind, handle, sequence, body) =>
      this.#onFrame(kind, handle, sequence, body),
    );
    this.#writer = new FrameWriter(socket, () => this.#inputs.write());
    this.#inputs = new InputBatches(this.#writer);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', () => {});
    socket.once('close', () => this.#onClose());
  }

  attached(pid: number, kept: readonly KeptProcess[]): this {
    this.pid = pid;
    this.kept = kept;
    for (const { handle, deliveredFrame } of kept) this.#inputs.open(handle, deliveredFrame);
    return this;
  }

  /** Closes the connection because of an error, which all open requests are rejected with. */
  fail(error: KeeperError): void {
    this.#failure ??= error;
    this.#socket.destroy();
  }

  spawn(request: SpawnRequest): Promise<KeptProcess> {
    return this.request('spawn', request);
  }

  send(handle: Handle, body: string): number {
    return this.#inputs.add(handle, body);
  }

  acknowledge(handle: Handle, sequence: number): void {
    this.#inputs.acknowledge(handle, sequence);
  }

  flush(): void {
    this.#writer.flush();
  }

  async closeInput(handle: Handle): Promise<void> {
    await this.request('closeInput', { handle });
  }

  signal(handle: Handle, signal: WorkerSignal): Promise<boolean> {
    return this.request('signal', { handle, signal });
  }

  freeze(handle: Handle, frozen: boolean): Promise<boolean> {
    return this.request('freeze', { handle, frozen });
  }

  async killTree(handle: Handle): Promise<void> {
    await this.request('killTree', { handle });
  }

  logTail(handle: Handle, characters: number): Promise<string> {
    return this.request('logTail', { handle, characters });
  }

  async forget(handle: Handle): Promise<void> {
    await this.request('forget', { handle });
    this.#inputs.close(handle);
  }

  async close(how: 'detach' | 'leave' | 'end'): Promise<void> {
    this.#isClosing = true;
    try {
      if (this.#socket.destroyed) return;
      if (how === 'leave') await this.#sendWhatWaits();
      else await this.request('close', { how });
    } finally {
      this.#socket.destroy();
    }
  }

  /** So that the keeper has every acknowledgement before the connection closes. */
  async #sendWhatWaits(): Promise<void> {
    this.#inputs.write();
    this.#writer.flush();
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.end(() => resolve());
    });
  }

  /** Sent after all that was given to `send` and `acknowledge` before. */
  request<Method extends RequestMethod>(
    method: Method,
    params: KeeperRequests[Method]['parameters'],
  ): Promise<KeeperRequests[Method]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(this.#closedError());
        return;
      }
      const id = ++this.#lastRequest;
      this.#requests.set(id, { method, resolve, reject });
      this.#inputs.write();
      this.#writer.json(FrameKind.request, 0, id, { method, params });
    });
  }

  #onData(chunk: Buffer): void {
    this.#guard(() => {
      this.#reader.push(chunk);
      // Node hands over up to 32 chunks within one turn; the workers' next jobs should not wait for the last of them.
      this.#writer.flush();
    });
  }

  /**
   * Closes the connection when the peer breaks the framing, and when a listener throws: what it missed is sent again to the
   * next connection, so nothing is lost.
   */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(new KeeperError('EPROTO', error instanceof Error ? error.message : String(error)));
      if (!(error instanceof WireError)) throw error;
    }
  }

  #onFrame(kind: FrameKind, handle: number, sequence: number, body: Buffer): void {
    if (kind === FrameKind.response) this.#onResponse(sequence, body);
    else if (this.#held) this.#held.push(() => this.#onEvent(kind, handle, sequence, body));
    else this.#onEvent(kind, handle, sequence, body);
  }

  #onEvent(kind: FrameKind, handle: number, sequence: number, body: Buffer): void {
    switch (kind) {
      case FrameKind.message:
        return this.#events.onMessage(handle, sequence, body);
      case FrameKind.exit:
        return this.#events.onExit(handle, parse<ProcessExit>(body));
      case FrameKind.stray:
        return this.#events.onStray(handle, parse<StrayDetail>(body));
      case FrameKind.inputClosed:
        return this.#events.onInputClosed?.(handle, parse(body));
      case FrameKind.replaced:
        this.#isReplaced = true;
        return;
      default:
        // A newer keeper may tell more than this supervisor knows of.
        return;
    }
  }

  #onResponse(id: number, body: Buffer): void {
    const request = this.#requests.get(id);
    if (!request) throw new WireError('a response to no request');
    this.#requests.delete(id);
    const response = parse<WireResponse>(body);
    if ('error' in response) {
      request.reject(new KeeperError(response.error.code, response.error.message));
      return;
    }
    if (request.method === 'hello') {
      this.#isAttached = true;
      this.#hold();
    } else if (request.method === 'spawn') {
      this.#inputs.open((response.result as KeptProcess).handle, 0);
      this.#hold();
    }
    request.resolve(response.result as never);
  }

  #hold(): void {
    if (this.#held) return;
    const held: (() => void)[] = [];
    this.#held = held;
    // So that only the rest of this chunk is held.
    this.#socket.pause();
    setImmediate(() => {
      this.#held = undefined;
      this.#guard(() => {
        for (const event of held) event();
        this.#writer.flush();
      });
      this.#socket.resume();
    });
  }

  #onClose(): void {
    this.#reader.stop();
    const error = this.#closedError();
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
    if (!this.#isAttached || this.#isClosing) return;
    const report = () => this.#events.onDisconnected(this.#isReplaced ? 'replaced' : 'closed');
    if (this.#held) this.#held.push(report);
    else report();
  }

  #closedError(): KeeperError {
    return this.#failure ?? new KeeperError('ECONNRESET', 'the connection to the keeper is closed');
  }
}

function parse<Content>(body: Buffer): Content {
  return JSON.parse(body.toString('utf8')) as Content;
}
