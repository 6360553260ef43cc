/**
 * One flush for all who wait: callers that come while a flush is under way share the next one. A flush takes as long as the
 * disk needs, so the busier the store, the more callers each flush serves.
 */
export class GroupCommit {
  readonly #flush: () => Promise<void>;
  #waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  #running = false;

  /** `flush` makes durable all that was written when it is called; it is never called twice at a time. */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** Resolves when a flush that began after this call has ended. */
  join(): Promise<void> {
    const joined = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    if (!this.#running) void this.#serve();
    return joined;
  }

  async #serve(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#flush();
        for (const waiter of group) waiter.resolve();
      } catch (error) {
        for (const waiter of group) waiter.reject(error);
      }
    }
    this.#running = false;
  }
}
