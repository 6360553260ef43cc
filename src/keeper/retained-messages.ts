/**
 * The messages of one worker that the supervisor has not acknowledged yet, in order, kept as the frames that go over the
 * wire. Frames lie one behind the other in slabs: a turn's messages are sent as one view of a slab, keeping them
 * costs one copy and no object each, and sending them again after a reconnect costs nothing but moving a mark.
 */
import { FrameKind, frameBytesAt, frameSequenceAt, HEADER_BYTES, writeHeader } from './wire.ts';

const SLAB_BYTES = 64 * 1024;

/** `start <= sent <= end`: what lies before `start` is acknowledged, what lies before `sent` is on its way. */
interface Slab {
  buffer: Buffer;
  start: number;
  sent: number;
  end: number;
}

export class RetainedMessages {
  readonly #handle: number;
  /** Oldest first; all but the last are full. */
  readonly #slabs: Slab[] = [];
  #bytes = 0;
  #lastSequence = 0;
  /** Sent and not acknowledged. */
  #bytesUnderWay = 0;

  constructor(handle: number) {
    this.#handle = handle;
  }

  /** What is kept, headers included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Copies the body, so that the chunk it was read with is not kept alive by it. */
  append(body: Buffer): void {
    const size = HEADER_BYTES + body.length;
    const slab = this.#slabWithRoom(size);
    writeHeader(slab.buffer, slab.end, FrameKind.message, this.#handle, ++this.#lastSequence, body.length);
    body.copy(slab.buffer, slab.end + HEADER_BYTES);
    slab.end += size;
    this.#bytes += size;
  }

  get hasUnsent(): boolean {
    return this.#bytesUnderWay < this.#bytes;
  }

  /**
   * Hands out what was not sent yet, oldest first, until `window` bytes are under way: so what one worker has to say does
   * not stand in the way of the others, and the peer decides by its acknowledgements how fast it comes. The views stay
   * valid until acknowledged.
   */
  sendUnsent(send: (frames: Buffer) => void, window = Infinity): void {
    if (!this.hasUnsent) return;
    for (const slab of this.#slabs) {
      if (slab.sent === slab.end) continue;
      if (this.#bytesUnderWay >= window) return;
      send(slab.buffer.subarray(slab.sent, slab.end));
      this.#bytesUnderWay += slab.end - slab.sent;
      slab.sent = slab.end;
    }
  }

  /** A new connection: everything that is kept is to be sent to it. */
  rewind(): void {
    for (const slab of this.#slabs) slab.sent = slab.start;
    this.#bytesUnderWay = 0;
  }

  /** Drops everything up to `sequence`; what was not sent yet is never dropped, whatever the peer says. */
  acknowledge(sequence: number): void {
    for (let slab = this.#slabs[0]; slab; slab = this.#slabs[0]) {
      while (slab.start < slab.sent && frameSequenceAt(slab.buffer, slab.start) <= sequence) {
        const size = frameBytesAt(slab.buffer, slab.start);
        slab.start += size;
        this.#bytes -= size;
        this.#bytesUnderWay -= size;
      }
      if (slab.start < slab.end) return;
      if (this.#slabs.length === 1 && slab.buffer.length === SLAB_BYTES) {
        // All of it was acknowledged, so all of it has been read by the peer: its memory can be used again.
        slab.start = slab.sent = slab.end = 0;
        return;
      }
      this.#slabs.shift();
    }
  }

  #slabWithRoom(size: number): Slab {
    const last = this.#slabs.at(-1);
    if (last && last.buffer.length - last.end >= size) return last;
    const slab = { buffer: Buffer.allocUnsafeSlow(Math.max(size, SLAB_BYTES)), start: 0, sent: 0, end: 0 };
    // An empty slab of the common size may stand first, too small for this message.
    if (last && last.start === last.end) this.#slabs.pop();
    this.#slabs.push(slab);
    return slab;
  }
}
