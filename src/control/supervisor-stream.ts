/**
 * The two directions of a face's connection. Its end is told behind the last word: vscode-jsonrpc deals with one message in a turn
 * of the event loop, and an end that it heard of at once would overtake answers that have come, that of `down` above all.
 */
import type { Socket } from 'node:net';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  Disposable,
  type DataCallback,
  type Message,
  type MessageStrategy,
} from 'vscode-jsonrpc/node';
import { encodeFrame, FrameDecoder } from '../protocol/framing.ts';

/** Bytes. A page of jobs with large parameters may be far more than a worker may say. */
const LARGEST_ANSWER = 2 ** 30;

export class SupervisorReader extends AbstractMessageReader {
  readonly #socket: Socket;
  /** Messages that have come and are not dealt with. */
  #waiting = 0;
  #hasEnded = false;

  /** For the connection that reads from here. */
  readonly messageStrategy: MessageStrategy = {
    handleMessage: async (message, next) => {
      try {
        await next(message);
      } finally {
        this.#waiting--;
        this.#tellEnd();
      }
    },
  };

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  listen(callback: DataCallback): Disposable {
    const decoder = new FrameDecoder({
      maxBytes: LARGEST_ANSWER,
      onFrame: (body) => this.#take(body, callback),
      onStray: () => this.#socket.destroy(),
    });
    const take = (chunk: Buffer): void => decoder.push(chunk);
    this.#socket.on('data', take);
    this.#socket.on('error', (error) => this.fireError(error));
    this.#socket.once('close', () => {
      this.#hasEnded = true;
      this.#tellEnd();
    });
    return Disposable.create(() => this.#socket.off('data', take));
  }

  #take(body: Buffer, callback: DataCallback): void {
    let message: Message;
    try {
      message = JSON.parse(body.toString()) as Message;
    } catch {
      this.#socket.destroy();
      return;
    }
    this.#waiting++;
    callback(message);
  }

  /** When who waited for the last answer has had it. */
  #tellEnd(): void {
    if (this.#hasEnded && this.#waiting === 0) setImmediate(() => this.fireClose());
  }
}

export class SupervisorWriter extends AbstractMessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(encodeFrame(JSON.stringify(message)), (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  end(): void {
    // The socket is ended by who owns it.
  }
}
