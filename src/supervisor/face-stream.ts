/**
 * The two directions of one face's connection, bounded: a face that does not read (stopped, hung, hostile) costs a few
 * megabytes and nobody else anything. What it asked for is bounded by not taking its next request before it has read the answers;
 * what it is told without asking cannot wait for it, so a face that is too far behind is cut off. It connects anew when it looks
 * again, and gets the whole state.
 */
import type { Socket } from 'node:net';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  Disposable,
  type DataCallback,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import { LARGEST_REQUEST } from '../control/api.ts';
import { FrameDecoder, encodeFrame } from '../protocol/framing.ts';

/** Bytes; a thousand workers' states ten times over. One message may be more, when nothing else waits. */
export const MOST_UNREAD_BYTES = 8 * 1024 * 1024;
/** Requests that are looked up at the same time for one face: each answer may be large. */
const MOST_UNDER_WAY = 8;
/** Those that wait for processes included, whose answers are small. */
const MOST_IN_ALL = 500;
/** They may take hours, and must not keep a face from asking other things meanwhile. */
const WAITING_FOR_PROCESSES: readonly string[] = [
  ...['up', 'down', 'add', 'drain', 'stop', 'abort', 'restart', 'pause', 'freeze', 'remove', 'health'],
];

type Call = Message & { id?: unknown; method?: string };

export class FaceStream {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly #socket: Socket;
  readonly #requests: RequestReader;
  /** Requests that are not answered yet, by id; whether they wait for processes. */
  readonly #underWay = new Map<unknown, boolean>();
  #lookedUp = 0;
  /** Bytes that the face has not read: of everything, and of what it did not ask for. */
  #unread = 0;
  #unreadNews = 0;

  constructor(socket: Socket, onCutOff: (reason: string) => void) {
    this.#socket = socket;
    const cutOff = (reason: string): void => {
      if (socket.destroyed) return;
      onCutOff(reason);
      socket.destroy();
    };
    this.#requests = new RequestReader(socket, () => this.#mayTake, cutOff);
    this.#requests.onTaken((call) => this.#taken(call));
    this.reader = this.#requests;
    this.writer = new NewsWriter((message) => this.#write(message, cutOff));
  }

  get #mayTake(): boolean {
    const { size } = this.#underWay;
    return size < MOST_IN_ALL && this.#lookedUp < MOST_UNDER_WAY && this.#unread < MOST_UNREAD_BYTES;
  }

  #taken({ id, method }: Call): void {
    if (id === undefined || method === undefined || this.#underWay.has(id)) return;
    const isLookedUp = !WAITING_FOR_PROCESSES.includes(method);
    this.#underWay.set(id, isLookedUp);
    if (isLookedUp) this.#lookedUp++;
  }

  #answered(id: unknown): void {
    if (this.#underWay.get(id)) this.#lookedUp--;
    this.#underWay.delete(id);
  }

  /** Resolves when the message was handed to the system. */
  #write(message: Call, cutOff: (reason: string) => void): Promise<void> {
    const isNews = message.method !== undefined;
    if (isNews && this.#unreadNews > MOST_UNREAD_BYTES) {
      cutOff(`it has left ${this.#unreadNews} bytes unread`);
      return Promise.reject(new Error('The face was cut off.'));
    }
    const frame = encodeFrame(JSON.stringify(message));
    const { length } = frame;
    this.#unread += length;
    if (isNews) this.#unreadNews += length;
    else this.#answered(message.id);
    return new Promise((resolve, reject) => {
      this.#socket.write(frame, (error) => {
        this.#unread -= length;
        if (isNews) this.#unreadNews -= length;
        if (error) return reject(error);
        resolve();
        this.#requests.takeMore();
      });
    });
  }
}

/** Takes requests off the socket one by one, as long as it may; meanwhile nothing is read. */
class RequestReader extends AbstractMessageReader {
  readonly #socket: Socket;
  readonly #mayTake: () => boolean;
  readonly #cutOff: (reason: string) => void;
  readonly #waiting: Buffer[] = [];
  #callback: DataCallback = () => undefined;
  #onTaken: (call: Call) => void = () => undefined;

  constructor(socket: Socket, mayTake: () => boolean, cutOff: (reason: string) => void) {
    super();
    this.#socket = socket;
    this.#mayTake = mayTake;
    this.#cutOff = cutOff;
  }

  onTaken(listener: (call: Call) => void): void {
    this.#onTaken = listener;
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    const decoder = new FrameDecoder({
      maxBytes: LARGEST_REQUEST,
      onFrame: (body) => this.#waiting.push(body),
      onStray: (_bytes, reason) =>
        this.#cutOff(
          reason === 'oversized'
            ? `it sent a request above the limit of ${LARGEST_REQUEST} bytes`
            : 'it sent something that is no message',
        ),
    });
    const take = (chunk: Buffer): void => {
      decoder.push(chunk);
      this.takeMore();
    };
    this.#socket.on('data', take);
    this.#socket.on('error', (error) => this.fireError(error));
    this.#socket.once('close', () => this.fireClose());
    return Disposable.create(() => this.#socket.off('data', take));
  }

  takeMore(): void {
    while (this.#waiting.length > 0 && this.#mayTake() && !this.#socket.destroyed) this.#takeOne();
    if (this.#socket.destroyed) this.#waiting.length = 0;
    else if (this.#waiting.length > 0) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #takeOne(): void {
    const body = this.#waiting.shift()!;
    let call: Call;
    try {
      call = JSON.parse(body.toString()) as Call;
    } catch {
      return this.#cutOff('it sent a message that is not JSON');
    }
    this.#onTaken(call);
    this.#callback(call);
  }
}

class NewsWriter extends AbstractMessageWriter {
  readonly #write: (message: Call) => Promise<void>;

  constructor(write: (message: Call) => Promise<void>) {
    super();
    this.#write = write;
  }

  write(message: Message): Promise<void> {
    return this.#write(message);
  }

  end(): void {
    // The socket is ended by who owns it.
  }
}
