/**
 * How many jobs a worker may hold ahead of the one it computes. For short jobs the way to the worker and back costs
 * more than the job, so the next ones are sent ahead; a long job never has others waiting behind it.
 */

/** Work that may wait at one worker while others could be idle, milliseconds. */
const AHEAD_MILLISECONDS = 20;
/** A running job this old is not a short one: what waits behind it is taken back, milliseconds. */
export const RETRACT_AFTER_MILLISECONDS = 250;
/**
 * Bytes, about, of what a worker holds, above which no further job is sent ahead: far from what may be unread on its stdin, and
 * with more than this a job the way to the worker is not what costs.
 */
export const MOST_HELD_BYTES = 1024 * 1024;
/** Weight of the newest duration in the running mean. */
const WEIGHT = 0.1;

/** Running mean of the durations of one pool's jobs, milliseconds. */
export class DurationEstimate {
  #mean: number | undefined;

  add(milliseconds: number): void {
    this.#mean = this.#mean === undefined ? milliseconds : this.#mean + WEIGHT * (milliseconds - this.#mean);
  }

  get mean(): number | undefined {
    return this.#mean;
  }

  /** Jobs to hold ahead, at most what the worker said it accepts. */
  ahead(accepted: number): number {
    if (this.#mean === undefined) return 0;
    return Math.max(0, Math.min(accepted, Math.floor(AHEAD_MILLISECONDS / Math.max(this.#mean, 0.05))));
  }
}
