/**
 * What all workers together may have waiting in the keeper: messages that are not acknowledged and log lines that are not
 * written. Each may hold as much as is left of the whole, so those who hold most are stopped first, all who flood end up with
 * equal shares, and who holds little goes on (the dynamic thresholds of shared-memory switches). A small part is everybody's
 * own: what is acknowledged or written lets its owner go on, whatever the others hold.
 */

/** Bytes. As much as 32 workers flooding at the limit of one; a thousand of them must not cost a laptop its memory. */
export const TOTAL_WAITING_BYTES = 256 * 1024 * 1024;
/** Bytes. What a pipe holds: enough that every turn of the loop has something of each worker to send. */
export const LEAST_WAITING_BYTES = 64 * 1024;

export class MemoryBudget {
  readonly #total: number;
  #used = 0;

  constructor(total = TOTAL_WAITING_BYTES) {
    this.#total = total;
  }

  get used(): number {
    return this.#used;
  }

  /** Somebody holds so many bytes more, or fewer. */
  change(bytes: number): void {
    this.#used += bytes;
  }

  /** How many bytes one may hold now of something of which it may never hold more than `most`. */
  limit(most: number): number {
    return Math.min(most, Math.max(LEAST_WAITING_BYTES, this.#total - this.#used));
  }
}
