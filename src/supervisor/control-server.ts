/** Serves the control API on a local socket. A connection must show the lease's token before it may ask anything. */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createMessageConnection, ResponseError, type MessageConnection } from 'vscode-jsonrpc/node';
import { CONTROL_VERSION, type ControlRequests, type Notice } from '../control/api.ts';
import { ControlError, ControlErrorCode, type ControlErrorData } from '../control/control-error.ts';
import { HAND_OVER, type HandOverAnswer, type HandOverRequest } from '../control/hand-over.ts';
import { VERSION } from '../control/version.ts';
import { isNewerVersion } from '../core/version-order.ts';
import { StoreError } from '../store/store-error.ts';
import { FaceStream } from './face-stream.ts';
import type { OperationContext } from './operations/context.ts';
import { operations, type ServedMethod } from './operations/operations.ts';
import { perform } from './operations/perform.ts';

/** What faces get to read the last answers. Milliseconds. */
const CLOSE_PATIENCE = 2_000;
/** What who was refused gets to read why; milliseconds. */
const REFUSAL_PATIENCE = 200;

export class ControlServer {
  readonly #context: OperationContext;
  readonly #token: string;
  #server: Server;
  #path = '';
  #ending = false;
  readonly #attending = new Set<Socket>();
  #forTheFirst: { notice: Notice; told: () => void }[] = [];
  readonly #connections = new Set<{ connection: MessageConnection; socket: Socket }>();

  constructor(context: OperationContext, token: string) {
    this.#context = { ...context, attended: () => this.#attending.size > 0 };
    this.#token = token;
    this.#server = this.#makeServer();
  }

  /** Faces that are connected now. */
  get clients(): number {
    return this.#connections.size;
  }

  async listen(path: string): Promise<void> {
    this.#path = path;
    // The lease is ours: a socket file that is there was left over by a supervisor that is gone.
    if (process.platform !== 'win32') rmSync(path, { force: true });
    const listening = once(this.#server, 'listening');
    this.#server.listen(path);
    await listening;
    // Errors from here on, out of file descriptors for one, concern single connections.
    this.#server.on('error', (error) => this.#context.log.warn(`The control server: ${error.message}`));
    if (process.platform !== 'win32') chmodSync(path, 0o600);
  }

  /**
   * A socket that was swept away (a logout takes the user's runtime folder along, cleaners sweep temporary ones) is made anew;
   * who is connected stays so. What fails is tried again with the next call.
   */
  keepListening(): void {
    if (this.#ending || process.platform === 'win32' || existsSync(this.#path)) return;
    this.#server.close();
    this.#server = this.#makeServer();
    this.listen(this.#path).then(
      () => this.#context.log.warn(`${this.#path} had been removed; it was made anew.`),
      () => undefined,
    );
  }

  notice(notice: Notice): void {
    for (const { connection } of this.#connections) void tell(connection, 'notice', notice);
  }

  /** Tells the first face that follows the state; `told` is called then. */
  noticeFirst(notice: Notice, told: () => void): void {
    this.#forTheFirst.push({ notice, told });
  }

  noticeNowOrFirst(notice: Notice): void {
    if (this.clients > 0) this.notice(notice);
    else this.noticeFirst(notice, () => undefined);
  }

  /** Takes no more connections and no more requests. */
  refuse(): void {
    this.#ending = true;
    this.#server.close();
  }

  /** Closes the connections, after what was written to them is out. */
  async close(): Promise<void> {
    const sockets = [...this.#connections].map(({ socket }) => socket);
    // A face that does not read (stopped by Ctrl-Z, suspended) must not hold the lease.
    await Promise.race([
      Promise.all([...this.#connections].map(finish)),
      new Promise<void>((resolve) => this.#context.clock.after(CLOSE_PATIENCE, resolve)),
    ]);
    for (const socket of sockets) socket.destroy();
  }

  #makeServer(): Server {
    return createServer((socket) => this.#accept(socket));
  }

  #accept(socket: Socket): void {
    let face = '';
    const { reader, writer } = new FaceStream(socket, (reason) =>
      this.#context.log.warn(`The connection of a face${face && ` (${face})`} was cut off: ${reason}.`),
    );
    const connection = createMessageConnection(reader, writer);
    const entry = { connection, socket };
    let greeted = false;
    let unsubscribe: () => void = () => undefined;
    this.#connections.add(entry);
    connection.onClose(() => {
      unsubscribe();
      this.#connections.delete(entry);
      this.#attending.delete(socket);
      connection.dispose();
    });
    connection.onError(() => socket.destroy());
    connection.onRequest('connect', (parameters: ControlRequests['connect']['parameters']) => {
      const problem = this.#greetingProblem(parameters);
      if (problem) {
        this.#context.clock.after(REFUSAL_PATIENCE, () => socket.end());
        return asResponseError(problem);
      }
      greeted = true;
      face = String(parameters.client).slice(0, 50);
      return this.#context.server();
    });
    connection.onRequest(HAND_OVER, (request: HandOverRequest) => {
      const problem = this.#handOverProblem(request);
      if (problem) {
        this.#context.clock.after(REFUSAL_PATIENCE, () => socket.end());
        return asResponseError(problem);
      }
      this.#context.log.info(`Handing over to version ${request.product}.`);
      this.#context.handOver();
      return { pid: process.pid } satisfies HandOverAnswer;
    });
    connection.onRequest('subscribe', () => {
      if (!greeted) return notGreeted();
      unsubscribe();
      unsubscribe = this.#context.feed.subscribe((delta) => void tell(connection, 'state/changed', delta));
      // Before the answer: a face that only looks once has it then.
      this.#tellTheFirst(connection);
      return this.#context.state();
    });
    connection.onRequest('attend', (parameters: ControlRequests['attend']['parameters'] | undefined) => {
      if (!greeted) return notGreeted();
      if (parameters?.attending === true) this.#attending.add(socket);
      else this.#attending.delete(socket);
      return null;
    });
    connection.onRequest('unsubscribe', () => {
      unsubscribe();
      unsubscribe = () => undefined;
      return null;
    });
    for (const method of Object.keys(operations) as ServedMethod[]) {
      connection.onRequest(method, (parameters: unknown) =>
        greeted ? this.#serve(method, parameters, face) : notGreeted(),
      );
    }
    connection.listen();
  }

  #tellTheFirst(connection: MessageConnection): void {
    const notices = this.#forTheFirst;
    this.#forTheFirst = [];
    for (const { notice, told } of notices) void tell(connection, 'notice', notice).then(told);
  }

  async #serve(method: ServedMethod, parameters: unknown, face: string): Promise<unknown> {
    if (this.#ending)
      return new ResponseError(ControlErrorCode.ending, 'The supervisor is ending.', {
        nextStep: 'Try again in a moment.',
      });
    try {
      return await perform(method, parameters, face, this.#context);
    } catch (error) {
      if (!(error instanceof ControlError) && !(error instanceof StoreError)) {
        this.#context.log.error(`${method} failed.`, error);
      }
      return asResponseError(error);
    }
  }

  #tokenProblem(parameters: { token: string } | undefined): ControlError | undefined {
    if (typeof parameters?.token === 'string' && sameToken(parameters.token, this.#token)) return undefined;
    return new ControlError(ControlErrorCode.refused, 'The token is not the one of this supervisor.', {
      nextStep: 'Connect again: the lease names the supervisor that lives now.',
    });
  }

  /** Only to what is newer, or two installed versions would drive each other out for ever. */
  #handOverProblem(request: HandOverRequest): ControlError | undefined {
    const problem = this.#tokenProblem(request);
    if (problem) return problem;
    const { version, product } = request;
    const newer =
      version > CONTROL_VERSION ||
      (version === CONTROL_VERSION && typeof product === 'string' && isNewerVersion(product, VERSION));
    if (newer) return undefined;
    return new ControlError(
      ControlErrorCode.refused,
      `This supervisor is of version ${VERSION} and hands over only to a newer one, not to ${product}.`,
    );
  }

  #greetingProblem(parameters: ControlRequests['connect']['parameters']): ControlError | undefined {
    const problem = this.#tokenProblem(parameters);
    if (problem) return problem;
    if (parameters.version === CONTROL_VERSION) return undefined;
    return new ControlError(
      ControlErrorCode.refused,
      `This supervisor (version ${VERSION}) speaks version ${CONTROL_VERSION} of the control protocol, not ${parameters.version}.`,
      {
        nextStep:
          'Use a face and a supervisor of the same version of Nightcrew; in VS Code reload the window.',
      },
    );
  }
}

/** What was said goes out in order: behind a last word, all answers that were given are out too. */
async function finish({
  connection,
  socket,
}: {
  connection: MessageConnection;
  socket: Socket;
}): Promise<void> {
  await tell(connection, '$/closing', {});
  await new Promise<void>((resolve) => socket.end(resolve));
}

/** Resolves when it was handed to the system, or when there is nobody to hand it to. */
function tell(connection: MessageConnection, name: string, parameters: object): Promise<void> {
  // A face that closed between the change and this message needs none.
  return connection.sendNotification(name, parameters).catch(() => undefined);
}

function sameToken(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function notGreeted(): ResponseError<ControlErrorData> {
  return new ResponseError(
    ControlErrorCode.refused,
    'The first request of a connection must be `connect`.',
    {},
  );
}

function asResponseError(error: unknown): ResponseError<ControlErrorData> {
  if (error instanceof ControlError) {
    const { nextStep, place } = error;
    return new ResponseError(error.code, error.message, {
      ...(nextStep ? { nextStep } : {}),
      ...(place ? { place } : {}),
    });
  }
  if (error instanceof StoreError) {
    return new ResponseError(ControlErrorCode.storage, error.message, {
      nextStep: error.nextStep,
      place: error.file,
    });
  }
  return new ResponseError(
    ControlErrorCode.internal,
    error instanceof Error ? error.message : String(error),
    {
      nextStep: 'This is a defect of Nightcrew; .nightcrew/logs/supervisor.log has the details.',
    },
  );
}
