/**
 * LSP's base framing: `Content-Length: <bytes>`, an empty line, the body. The decoder survives whatever else a
 * program writes to the same stream, because the first thing anyone does in a script is to print.
 */
import { Limit } from './generated/messages.ts';
import { findHeader, readCommonHeader, readHeader, type HeaderBlock } from './frame-header.ts';

/** Far above any sensible message, low enough that one worker cannot eat the machine's memory. */
export const DEFAULT_MAX_FRAME_BYTES: number = Limit.frame;

/**
 * Why bytes are no frame.
 * - `text`: printed between two frames
 * - `header`: a header that is none (no number, negative, cut short, not followed by an object), or one whose
 *   body the end of the stream cut off
 * - `oversized`: a frame above the limit, header and body; its bytes are reported chunk by chunk
 */
export type StrayReason = 'text' | 'header' | 'oversized';

export interface FrameDecoderOptions {
  /** Largest body that is accepted, bytes. Default 64 MiB. */
  maxBytes?: number;
  /**
   * Called with each body, in order. Bodies are JSON objects: the first byte is `{`, nothing else is checked.
   * The buffer is a view into the chunk that was pushed where it lay there in one piece: copy it to keep it for
   * long, or it keeps the whole chunk alive. Must not throw.
   */
  onFrame: (body: Buffer) => void;
  /**
   * Called when a frame above the limit has gone by whole, in its place in the order of frames, with the length of its body and
   * its first bytes. One whose body was broken off by another header was no frame: only its bytes are reported.
   */
  onOversized?: (bodyLength: number, beginning: Buffer) => void;
  /** Called with everything that is no frame, in order; all bytes reach one of the two callbacks. Must not throw. */
  onStray: (bytes: Buffer, reason: StrayReason) => void;
}

const EMPTY = Buffer.alloc(0);
const LF = 0x0a;

/** Bytes; what a body in pieces is given room for at first, so that a header alone cannot claim memory. */
const FIRST_CAPACITY = 64 * 1024;

/** Bytes; enough of an oversized body to tell what it was about. */
const OVERSIZED_BEGINNING = 256;

/** A body with its header, ready to be written in one piece. */
export function encodeFrame(body: string | Uint8Array): Buffer {
  const length = Buffer.byteLength(body);
  const header = `Content-Length: ${length}\r\n\r\n`;
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.write(header, 0, 'latin1');
  if (typeof body === 'string') frame.write(body, header.length, 'utf8');
  else frame.set(body, header.length);
  return frame;
}

/**
 * Takes a stream apart into bodies, without parsing them.
 *
 * It resynchronises on the next header after anything that is no frame. That also holds within the body of an
 * oversized frame, so that a nonsensical length does not swallow what follows: JSON escapes line ends in
 * strings, so a header block with its empty line cannot be a part of a body. Memory is bounded by twice
 * `maxBytes`, and follows the bytes that came, not the length that was promised.
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  readonly #onFrame: (body: Buffer) => void;
  readonly #onStray: (bytes: Buffer, reason: StrayReason) => void;
  readonly #onOversized: (bodyLength: number, beginning: Buffer) => void;
  /** What may be the beginning of a header; the next chunk tells. */
  #held: Buffer = EMPTY;
  /** A body that lies over several chunks: its bytes so far, how many those are, and how many it will have. */
  #partial: Buffer = EMPTY;
  #filled = 0;
  #bodyLength = 0;
  /** How many more bytes belong to the oversized frame that is being skipped. */
  #oversized = 0;
  #oversizedLength = 0;
  #oversizedBeginning: Buffer = EMPTY;

  constructor(options: FrameDecoderOptions) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_FRAME_BYTES;
    this.#onFrame = options.onFrame;
    this.#onStray = options.onStray;
    this.#onOversized = options.onOversized ?? ((): void => undefined);
  }

  /** Takes the next bytes of the stream. The decoder may keep views of the chunk: do not overwrite it. */
  push(chunk: Buffer): void {
    if (this.#bodyLength > 0) {
      const missing = this.#bodyLength - this.#filled;
      this.#append(chunk.length > missing ? chunk.subarray(0, missing) : chunk);
      if (chunk.length < missing) return;
      const body = this.#partial;
      this.#partial = EMPTY;
      this.#bodyLength = 0;
      this.#onFrame(body);
      this.#scan(chunk.subarray(missing));
    } else if (this.#held.length > 0) {
      const joined = Buffer.concat([this.#held, chunk]);
      this.#held = EMPTY;
      this.#scan(joined);
    } else {
      this.#scan(chunk);
    }
  }

  /** The stream has ended: reports what will never become a frame. */
  end(): void {
    const rest = this.#bodyLength > 0 ? this.#partial.subarray(0, this.#filled) : this.#held;
    this.#held = this.#partial = EMPTY;
    this.#bodyLength = 0;
    this.#report(rest, 'header');
  }

  #append(bytes: Buffer): void {
    const needed = this.#filled + bytes.length;
    if (needed > this.#partial.length) {
      const capacity = Math.min(this.#bodyLength, Math.max(FIRST_CAPACITY, 2 * needed));
      const grown = Buffer.allocUnsafe(capacity);
      this.#partial.copy(grown, 0, 0, this.#filled);
      this.#partial = grown;
    }
    bytes.copy(this.#partial, this.#filled);
    this.#filled = needed;
  }

  /** Takes frames off a buffer that begins between two of them. */
  #scan(buffer: Buffer): void {
    let position = 0;
    while (position < buffer.length) {
      let header: HeaderBlock | 'incomplete' | 'invalid' | undefined = readCommonHeader(buffer, position);
      if (header === undefined) {
        const candidate = findHeader(buffer, position);
        if (candidate > position) this.#report(buffer.subarray(position, candidate), 'text');
        position = candidate;
        if (position === buffer.length) return;
        header = readHeader(buffer, position);
      }
      if (header === 'incomplete') {
        this.#held = buffer.subarray(position);
        return;
      }
      if (header === 'invalid') {
        const rejected = buffer.subarray(position, findHeader(buffer, position + 1));
        const line = rejected.subarray(0, rejected.indexOf(LF) + 1 || rejected.length);
        this.#report(line, 'header');
        position += line.length;
        continue;
      }
      const { bodyStart, bodyLength } = header;
      const bodyEnd = bodyStart + bodyLength;
      if (bodyLength > this.#maxBytes) {
        this.#oversized = bodyEnd - position;
        this.#report(buffer.subarray(position, bodyStart), 'oversized');
        this.#oversizedLength = bodyLength;
        this.#oversizedBeginning = EMPTY;
        position = bodyStart;
      } else if (bodyEnd > buffer.length) {
        this.#oversized = 0;
        this.#bodyLength = bodyLength;
        this.#filled = 0;
        this.#append(buffer.subarray(bodyStart));
        return;
      } else {
        this.#oversized = 0;
        this.#onFrame(buffer.subarray(bodyStart, bodyEnd));
        position = bodyEnd;
      }
    }
  }

  #report(bytes: Buffer, reason: StrayReason): void {
    const skipped = Math.min(this.#oversized, bytes.length);
    this.#oversized -= skipped;
    if (skipped > 0) this.#skip(bytes.subarray(0, skipped));
    if (skipped < bytes.length) this.#onStray(bytes.subarray(skipped), reason);
  }

  #skip(bytes: Buffer): void {
    this.#onStray(bytes, 'oversized');
    const missing = OVERSIZED_BEGINNING - this.#oversizedBeginning.length;
    if (missing > 0)
      this.#oversizedBeginning = Buffer.concat([this.#oversizedBeginning, bytes.subarray(0, missing)]);
    if (this.#oversized === 0) this.#onOversized(this.#oversizedLength, this.#oversizedBeginning);
  }
}
