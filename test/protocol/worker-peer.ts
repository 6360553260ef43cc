/**
 * A worker as a real process, and the supervisor's side of its pipes: vscode-jsonrpc over a reader that frames as
 * the keeper does. Everything the worker says is checked against the schema.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import {
  AbstractMessageReader,
  type CancellationToken,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { FrameDecoder } from '../../src/protocol/framing.ts';
import {
  Method,
  type InitializeParams,
  type InitializeResult,
  type JobRunParams,
  type JobRunResult,
} from '../../src/protocol/generated/messages.ts';
import { assertValid } from './schema.ts';

/** A message with an id that JSON-RPC lets be a number or a string. */
type Identified = Message & { id?: number | string; method?: string; params?: { id?: number | string } };

const knownMethods = new Set<string>(Object.values(Method));

/** Where the Python SDK is. */
export const pythonPath = new URL('../../protocol/python', import.meta.url).pathname;

export const token = 'secret-of-this-launch';

/** Ids of `job/run` as a supervisor chooses them; vscode-jsonrpc itself only counts. */
class JobRequestIds {
  readonly #toText = new Map<number | string, string>();
  readonly #toNumber = new Map<number | string, number | string>();

  outgoing(message: Identified): Identified {
    if (message.method === Method.jobRun) {
      const { jobId, attempt } = message.params as unknown as JobRunParams;
      const text = `${jobId}.${attempt}`;
      this.#toText.set(message.id!, text);
      this.#toNumber.set(text, message.id!);
      return { ...message, id: text };
    }
    if (message.method === Method.cancelRequest) {
      return { ...message, params: { id: this.#toText.get(message.params!.id!)! } };
    }
    return message;
  }

  incoming(message: Identified): Identified {
    const number = message.method === undefined ? this.#toNumber.get(message.id!) : undefined;
    return number === undefined ? message : { ...message, id: number };
  }
}

class FrameReader extends AbstractMessageReader {
  readonly #input: Readable;
  readonly #ids: JobRequestIds;
  readonly stray: string[];

  constructor(input: Readable, ids: JobRequestIds, stray: string[]) {
    super();
    this.#input = input;
    this.#ids = ids;
    this.stray = stray;
  }

  listen(callback: DataCallback): Disposable {
    const decoder = new FrameDecoder({
      onFrame: (body) => {
        const message = JSON.parse(body.toString()) as Identified;
        assertValid('WorkerMessage', message);
        callback(this.#ids.incoming(message));
      },
      onStray: (bytes) => this.stray.push(bytes.toString()),
    });
    this.#input.on('data', (chunk: Buffer) => decoder.push(chunk));
    this.#input.on('end', () => {
      decoder.end();
      this.fireClose();
    });
    return { dispose: () => {} };
  }
}

class JobIdWriter extends StreamMessageWriter {
  readonly #ids: JobRequestIds;

  constructor(output: Writable, ids: JobRequestIds) {
    super(output);
    this.#ids = ids;
  }

  override write(message: Message): Promise<void> {
    const outgoing = this.#ids.outgoing(message);
    // A test may send a method that does not exist.
    if (outgoing.method === undefined || knownMethods.has(outgoing.method)) {
      assertValid('SupervisorMessage', outgoing);
    }
    return super.write(outgoing);
  }
}

export class WorkerPeer {
  readonly connection: MessageConnection;
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the worker has said `initialized`. */
  readonly initialized: Promise<void>;
  /** What the worker said of itself. */
  initializeParams: InitializeParams | undefined;
  /** What came on stdout and was no frame. */
  readonly stray: string[] = [];
  /** What came on stderr. */
  log = '';
  /** Everything the worker told without being asked, in order. */
  readonly notifications: { method: string; params: Record<string, unknown> }[] = [];
  readonly #exit: Promise<unknown[]>;
  #listeners: (() => void)[] = [];
  #nextJob = 1;

  constructor(
    command: string[],
    initializeResult: Partial<InitializeResult> = {},
    environment: Record<string, string> = {},
  ) {
    const [program, ...arguments_] = command;
    this.process = spawn(program!, arguments_, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PYTHONPATH: pythonPath,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONIOENCODING: 'utf-8',
        NIGHTCREW_TOKEN: token,
        NIGHTCREW_WORKER_ID: 'tests-1',
        NIGHTCREW_POOL: 'tests',
        NIGHTCREW_WORKSPACE: process.cwd(),
        ...environment,
      },
    });
    this.#exit = once(this.process, 'close');
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
      this.#wake();
    });
    const ids = new JobRequestIds();
    this.connection = createMessageConnection(
      new FrameReader(this.process.stdout, ids, this.stray),
      new JobIdWriter(this.process.stdin, ids),
    );
    this.connection.onRequest(Method.initialize, (params: InitializeParams): InitializeResult => {
      this.initializeParams = params;
      return {
        protocolVersion: 1,
        workerId: 'tests-1',
        launch: 1,
        pool: 'tests',
        labels: { annotator: 'ada' },
        heartbeatInterval: 30,
        ...initializeResult,
      };
    });
    this.initialized = new Promise((resolve, reject) => {
      this.connection.onNotification(Method.initialized, resolve);
      this.process.once('close', () => reject(new Error(`the worker ended: ${this.log}`)));
    });
    this.initialized.catch(() => {});
    for (const method of [Method.progress, Method.jobCheckpoint, Method.workerHeartbeat]) {
      this.connection.onNotification(method, (params: Record<string, unknown>) => {
        this.notifications.push({ method, params });
        this.#wake();
      });
    }
    this.connection.listen();
  }

  /** Runs a job and resolves with the handler's result; rejects with ResponseError. */
  async run(
    task: string,
    parameters: Record<string, unknown> = {},
    more: Partial<JobRunParams> & { cancellation?: CancellationToken } = {},
  ): Promise<unknown> {
    const { cancellation, ...params } = more;
    const request = { jobId: this.#nextJob++, attempt: 1, task, parameters, ...params };
    const cancellations = cancellation === undefined ? [] : [cancellation];
    const answer = await this.connection.sendRequest<JobRunResult>(Method.jobRun, request, ...cancellations);
    return answer.result;
  }

  /** Resolves with the first notification, from the `from`-th on, that `accept` says yes to. */
  async notification(
    method: string,
    accept: (params: Record<string, unknown>) => boolean = () => true,
    from = 0,
  ): Promise<Record<string, unknown>> {
    return this.#eventually(
      () =>
        this.notifications.slice(from).find((entry) => entry.method === method && accept(entry.params))
          ?.params,
    );
  }

  /** Resolves when the log matches. */
  async logged(pattern: RegExp): Promise<void> {
    await this.#eventually(() => (pattern.test(this.log) ? true : undefined));
  }

  /** Resolves when the process is gone and its pipes are read to the end. */
  async exit(): Promise<{ code: number | null; signal: string | null }> {
    const [code, signal] = (await this.#exit) as [number | null, string | null];
    return { code, signal };
  }

  async shutDown(): Promise<void> {
    await this.connection.sendRequest(Method.shutdown);
    await this.connection.sendNotification(Method.exit);
  }

  /** For `afterEach`: nothing of the worker stays, whatever the test did. */
  async dispose(): Promise<void> {
    this.connection.dispose();
    this.process.kill('SIGKILL');
    await this.exit();
  }

  async #eventually<Value>(look: () => Value | undefined): Promise<Value> {
    for (;;) {
      const value = look();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  #wake(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}
