/**
 * The binary framing between supervisor and keeper: a fixed header and a body, little-endian.
 *
 * | offset | size | field    | meaning                                                              |
 * |--------|------|----------|----------------------------------------------------------------------|
 * | 0      | 4    | length   | bytes of the body                                                    |
 * | 4      | 4    | handle   | the process meant; 0 where none is                                   |
 * | 8      | 6    | sequence | number of the message, frame or request; 48 bits, because 30,000     |
 * |        |      |          | messages a second exhaust 32 bits within two days                    |
 * | 14     | 1    | kind     | see `FrameKind`                                                      |
 * | 15     | 1    | reserved | 0                                                                    |
 *
 * Bodies of `input` and `message` are never parsed here. An `input` body is one or several messages with their
 * `Content-Length` headers as they go to the worker's stdin, and its sequence is the number of the last of them: the
 * supervisor encodes, so that the keeper passes the bytes on as they are.
 */
import type { Socket } from 'node:net';

/**
 * Goes up with every change that an older peer would misread; `hello` compares it. Adding a kind, a request or a field is
 * no such change: peers pass over what they do not know. So an upgraded supervisor can take over the workers of a
 * keeper that was started days ago.
 */
export const WIRE_VERSION = 1;
/** The oldest keeper that a supervisor of this version still drives. A keeper lives as long as its workers: for days. */
export const OLDEST_WIRE_VERSION = 1;

/** The version to speak with a keeper; undefined when there is none that both know. A keeper speaks its own and no other. */
export function wireVersionFor(keeper: number): number | undefined {
  return keeper >= OLDEST_WIRE_VERSION && keeper <= WIRE_VERSION ? keeper : undefined;
}

export const HEADER_BYTES = 16;

/** A body's limit once the peer has shown its token: the largest worker message, with room for a batch of input. */
export const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** A body's limit before that, so that a stranger cannot make us reserve memory. */
export const MAX_UNAUTHENTICATED_BODY_BYTES = 16 * 1024;

export const FrameKind = {
  /** Supervisor asks; JSON `{ method, params }`, the sequence numbers the request. */
  request: 1,
  /** Keeper answers; JSON `{ result }` or `{ error: { code, message } }`. */
  response: 2,
  /** Supervisor to a worker's stdin. */
  input: 3,
  /** A worker's message to the supervisor. */
  message: 4,
  /** Supervisor: all messages of the handle up to the sequence may be dropped. */
  acknowledge: 5,
  /** Keeper: the process is gone; JSON `ProcessExit`. Comes after its last message. */
  exit: 6,
  /** Keeper: something on stdout that is no message; JSON. */
  stray: 7,
  /** Keeper: the worker takes no more input; JSON. */
  inputClosed: 8,
  /** Keeper, as its last word on a connection: a newer supervisor has taken over. */
  replaced: 9,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** The peer does not speak this framing; the connection cannot go on. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export function writeHeader(
  target: Buffer,
  offset: number,
  kind: FrameKind,
  handle: number,
  sequence: number,
  length: number,
): void {
  target.writeUInt32LE(length, offset);
  target.writeUInt32LE(handle, offset + 4);
  target.writeUIntLE(sequence, offset + 8, 6);
  target.writeUInt16LE(kind, offset + 14);
}

/** The whole frame that begins at `offset`, header included; for walking over frames that were encoded here. */
export function frameBytesAt(source: Buffer, offset: number): number {
  return HEADER_BYTES + source.readUInt32LE(offset);
}

export function frameSequenceAt(source: Buffer, offset: number): number {
  return source.readUIntLE(offset + 8, 6);
}

/** The body is a view into the received chunk: use it at once, or copy what is to be kept for long. */
export type FrameListener = (kind: FrameKind, handle: number, sequence: number, body: Buffer) => void;

/** Takes a stream apart into frames. A frame that lies within one chunk is not copied. */
export class FrameReader {
  /** Largest body accepted from now on, bytes. */
  bodyLimit: number;
  readonly #listener: FrameListener;
  /** The frame that lies over several chunks: first its header, then, once that is whole, all of it. */
  #partial: Buffer | undefined;
  #filled = 0;
  #stopped = false;

  constructor(bodyLimit: number, listener: FrameListener) {
    this.bodyLimit = bodyLimit;
    this.#listener = listener;
  }

  /** Nothing is delivered any more, not even what is left of the chunk at hand. */
  stop(): void {
    this.#stopped = true;
    this.#partial = undefined;
  }

  /** Throws WireError when the stream is not what it should be. */
  push(chunk: Buffer): void {
    let offset = 0;
    while (!this.#stopped && this.#partial && offset < chunk.length) offset = this.#fill(chunk, offset);
    while (!this.#stopped && offset < chunk.length) {
      const available = chunk.length - offset;
      if (available < HEADER_BYTES) return this.#begin(chunk, offset, HEADER_BYTES);
      const size = this.#checkedSize(chunk, offset);
      if (available < size) return this.#begin(chunk, offset, size);
      this.#deliver(chunk, offset, size);
      offset += size;
    }
  }

  #begin(chunk: Buffer, offset: number, size: number): void {
    this.#partial = Buffer.allocUnsafeSlow(size);
    this.#filled = chunk.copy(this.#partial, 0, offset);
  }

  #fill(chunk: Buffer, offset: number): number {
    const partial = this.#partial!;
    const copied = chunk.copy(partial, this.#filled, offset);
    this.#filled += copied;
    if (this.#filled === partial.length) {
      const size = this.#checkedSize(partial, 0);
      this.#partial = undefined;
      if (size > partial.length) this.#begin(partial, 0, size);
      else this.#deliver(partial, 0, size);
    }
    return offset + copied;
  }

  #checkedSize(source: Buffer, offset: number): number {
    const length = source.readUInt32LE(offset);
    if (length > this.bodyLimit) throw new WireError(`a frame of ${length} bytes is above the limit`);
    return HEADER_BYTES + length;
  }

  #deliver(source: Buffer, offset: number, size: number): void {
    this.#listener(
      source[offset + 14] as FrameKind,
      source.readUInt32LE(offset + 4),
      source.readUIntLE(offset + 8, 6),
      source.subarray(offset + HEADER_BYTES, offset + size),
    );
  }
}

/**
 * Sends frames in the order they were given, all of one turn of the event loop with one system call: the socket is
 * corked at the first and uncorked after the turn's I/O.
 */
export class FrameWriter {
  readonly #socket: Socket;
  readonly #beforeFlush: () => void;
  #scheduled: NodeJS.Immediate | undefined;

  /** `beforeFlush` may add frames that were gathered during the turn. */
  constructor(socket: Socket, beforeFlush: () => void = () => {}) {
    this.#socket = socket;
    this.#beforeFlush = beforeFlush;
  }

  /** Makes sure that there will be a flush at the end of this turn. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#socket.cork();
    this.#scheduled = setImmediate(() => this.flush());
  }

  /** Frames that are encoded already. Their memory must stay as it is until the peer has read them. */
  encoded(bytes: Buffer): void {
    this.schedule();
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  bare(kind: FrameKind, handle: number, sequence: number): void {
    const frame = Buffer.allocUnsafe(HEADER_BYTES);
    writeHeader(frame, 0, kind, handle, sequence, 0);
    this.encoded(frame);
  }

  json(kind: FrameKind, handle: number, sequence: number, content: unknown): void {
    const text = JSON.stringify(content);
    const length = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
    writeHeader(frame, 0, kind, handle, sequence, length);
    frame.write(text, HEADER_BYTES, 'utf8');
    this.encoded(frame);
  }

  flush(): void {
    this.#beforeFlush();
    if (!this.#scheduled) return;
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    this.#socket.uncork();
  }
}
