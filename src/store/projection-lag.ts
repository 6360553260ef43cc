/**
 * How far the projection is behind the journal. The journal takes records faster than they are applied, and a long question or
 * a batch of a million jobs holds the projection up for seconds; what waits for it is in memory. So who takes in new work waits
 * when too much does. What has happened anyway is never kept waiting: it is bounded by the work that was taken in.
 */
import type { StoreError } from './store-error.ts';

/** Characters of records that may wait for the projection: a second or two of work. */
export const MOST_WAITING = 64 * 1024 * 1024;
/** The projection says that it has come so far at steps of this many characters, not with each message. */
const STEP = 1024 * 1024;

export class ProjectionLag {
  #sent = 0;
  #applied = 0;
  #marked = 0;
  #failure: StoreError | undefined;
  #waiting: { resolve: () => void; reject: (error: StoreError) => void }[] = [];

  /** Characters that were sent and, as far as is known, not applied. */
  get characters(): number {
    return this.#sent - this.#applied;
  }

  get isTooMuch(): boolean {
    return this.characters > MOST_WAITING;
  }

  sent(characters: number): void {
    this.#sent += characters;
  }

  /** What the projection is to answer when it has applied all that was sent so far, if it is to answer. */
  takeMark(): number | undefined {
    if (this.#sent - this.#marked < STEP) return undefined;
    this.#marked = this.#sent;
    return this.#marked;
  }

  /** The projection has come to a mark. */
  applied(mark: number): void {
    this.#applied = mark;
    if (this.isTooMuch) return;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when it is not too much any more; rejects when the projection has ended. */
  caughtUp(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (!this.isTooMuch) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Nothing will be applied any more. */
  fail(error: StoreError): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
