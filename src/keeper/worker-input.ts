/** A worker's stdin: takes frames in order, and remembers which was the last. */
import type { Writable } from 'node:stream';

/** What a worker may leave unread: the largest message it could be sent. More is not taken from the supervisor. */
export const MAX_UNREAD_INPUT_BYTES = 64 * 1024 * 1024;

export type InputClosedReason = 'broken' | 'overflow';

export class WorkerInput {
  readonly #stdin: Writable;
  readonly #onClosed: (reason: InputClosedReason) => void;
  #deliveredFrame = 0;
  #isClosed = false;

  /** `onClosed` is called at most once, and not for an end that was asked for. */
  constructor(stdin: Writable, onClosed: (reason: InputClosedReason) => void) {
    this.#stdin = stdin;
    this.#onClosed = onClosed;
    // EPIPE: the worker closed its end, or has just died. Without a listener it would end the keeper.
    stdin.on('error', () => this.#close('broken'));
  }

  /** The newest frame that was taken. */
  get deliveredFrame(): number {
    return this.#deliveredFrame;
  }

  /**
   * Takes bytes whose last message has the number `frame`. After the end, whatever its reason, everything is dropped:
   * a gap in what a worker reads would be worse, and `deliveredFrame` could not say where it is.
   */
  deliver(frame: number, bytes: Buffer): void {
    if (this.#isClosed) return;
    const unread = this.#stdin.writableLength;
    if (unread > 0 && unread + bytes.length > MAX_UNREAD_INPUT_BYTES) {
      this.#close('overflow');
      return;
    }
    this.#deliveredFrame = frame;
    this.#stdin.write(bytes);
  }

  /** Ends stdin after what was taken. Idempotent. */
  end(): void {
    this.#isClosed = true;
    this.#stdin.end();
  }

  #close(reason: InputClosedReason): void {
    if (this.#isClosed) return;
    this.end();
    this.#onClosed(reason);
  }
}
