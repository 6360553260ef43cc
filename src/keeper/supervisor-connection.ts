/** The keeper's end of one supervisor's connection: its authentication, its frames, its order of sending. */
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { KeeperError, type StrayDetail } from './contract.ts';
import type { HelloParameters, WireRequest, WireResponse } from './requests.ts';
import {
  FrameKind,
  FrameReader,
  FrameWriter,
  MAX_BODY_BYTES,
  MAX_UNAUTHENTICATED_BODY_BYTES,
  WireError,
} from './wire.ts';
import type { WorkerProcess } from './worker-process.ts';

/**
 * What one worker may have under way to the supervisor without acknowledgement: thousands of ordinary messages, and no more
 * than a supervisor deals with in a few milliseconds.
 */
const WORKER_WINDOW_BYTES = 256 * 1024;
/** Who connects has this long to say hello. */
const HELLO_MILLISECONDS = 5000;

export interface ConnectionHost {
  /** Accepts the connection, or throws KeeperError to refuse it. What is listed meanwhile is sent after the result. */
  onHello(connection: SupervisorConnection, parameters: HelloParameters): unknown;
  onRequest(connection: SupervisorConnection, request: WireRequest): Promise<unknown>;
  onInput(handle: number, frame: number, bytes: Buffer): void;
  onAcknowledge(handle: number, sequence: number): void;
  onClosed(connection: SupervisorConnection): void;
  /** For the keeper's log. */
  onFault(error: unknown): void;
}

export class SupervisorConnection {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  readonly #cancelHelloTimer: () => void;
  /** Workers with messages or an exit to be sent at the end of this turn. */
  #listed: WorkerProcess[] = [];
  #attached = false;
  #closed = false;
  /** Said before the connection closed: its end is no crash. */
  detached = false;

  constructor(socket: Socket, host: ConnectionHost, clock: Clock) {
    this.#socket = socket;
    this.#host = host;
    this.#reader = new FrameReader(MAX_UNAUTHENTICATED_BODY_BYTES, (kind, handle, sequence, body) =>
      this.#onFrame(kind, handle, sequence, body),
    );
    this.#writer = new FrameWriter(socket, () => this.#sendListed());
    this.#cancelHelloTimer = clock.after(HELLO_MILLISECONDS, () => this.close());
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', () => {});
    socket.once('close', () => this.close());
  }

  /** Has the worker's messages, and then its exit if it has one, sent at the end of this turn. Called for every message. */
  list(worker: WorkerProcess): void {
    if (worker.isListed) return;
    worker.isListed = true;
    this.#listed.push(worker);
    this.#writer.schedule();
  }

  sendStray(handle: number, detail: StrayDetail): void {
    this.#writer.json(FrameKind.stray, handle, 0, detail);
  }

  sendInputClosed(handle: number, detail: { reason: string; deliveredFrame: number }): void {
    this.#writer.json(FrameKind.inputClosed, handle, 0, detail);
  }

  /** Tells the supervisor that another one has taken over, and hangs up. */
  replace(): void {
    this.#writer.bare(FrameKind.replaced, 0, 0);
    this.#stop();
    this.#writer.flush();
    this.#socket.end(() => this.#socket.destroy());
  }

  /** Hangs up. Idempotent; `onClosed` is called once. */
  close(): void {
    this.#stop();
    this.#socket.destroy();
  }

  /** Sends what is waiting, then hangs up. */
  async finish(): Promise<void> {
    this.#writer.flush();
    await new Promise<void>((resolve) => this.#socket.end(() => resolve()));
    this.close();
  }

  #stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelHelloTimer();
    this.#reader.stop();
    for (const worker of this.#listed) worker.isListed = false;
    this.#listed = [];
    this.#host.onClosed(this);
  }

  #onData(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#host.onFault(error);
      this.close();
    }
  }

  #onFrame(kind: FrameKind, handle: number, sequence: number, body: Buffer): void {
    if (!this.#attached) {
      if (kind !== FrameKind.request) throw new WireError('the first frame is no hello');
      this.#onHello(sequence, body);
      return;
    }
    switch (kind) {
      case FrameKind.input:
        return this.#host.onInput(handle, sequence, body);
      case FrameKind.acknowledge:
        return this.#host.onAcknowledge(handle, sequence);
      case FrameKind.request:
        void this.#answer(sequence, parseRequest(body));
        return;
      default:
        // A newer supervisor may say more than this keeper knows of.
        return;
    }
  }

  #onHello(sequence: number, body: Buffer): void {
    const request = parseRequest(body);
    try {
      if (request.method !== 'hello') throw new KeeperError('EACCES', 'the first request must be hello');
      const result = this.#host.onHello(this, request.params as HelloParameters);
      this.#cancelHelloTimer();
      this.#attached = true;
      this.#reader.bodyLimit = MAX_BODY_BYTES;
      this.#respond(sequence, { result });
    } catch (error) {
      this.#respond(sequence, { error: describeError(error) });
      void this.finish();
    }
  }

  async #answer(sequence: number, request: WireRequest): Promise<void> {
    let response: WireResponse;
    try {
      response = { result: (await this.#host.onRequest(this, request)) ?? null };
    } catch (error) {
      if (!(error instanceof KeeperError)) this.#host.onFault(error);
      response = { error: describeError(error) };
    }
    if (!this.#closed) this.#respond(sequence, response);
  }

  #respond(sequence: number, response: WireResponse): void {
    this.#writer.json(FrameKind.response, 0, sequence, response);
  }

  #sendListed(): void {
    const listed = this.#listed;
    if (listed.length === 0) return;
    this.#listed = [];
    for (const worker of listed) {
      worker.isListed = false;
      worker.messages.sendUnsent((frames) => this.#writer.encoded(frames), WORKER_WINDOW_BYTES);
      if (worker.exit && !worker.isExitSent && !worker.messages.hasUnsent) {
        worker.isExitSent = true;
        this.#writer.json(FrameKind.exit, worker.handle, 0, worker.exit);
      }
    }
  }
}

function parseRequest(body: Buffer): WireRequest {
  let request: unknown;
  try {
    request = JSON.parse(body.toString('utf8'));
  } catch {
    throw new WireError('a request is no JSON');
  }
  if (typeof request !== 'object' || request === null || !('method' in request)) {
    throw new WireError('a request has no method');
  }
  return request as WireRequest;
}

function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof KeeperError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
