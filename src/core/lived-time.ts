/**
 * The time a worker is known to have lived through: counted by its heartbeats, so that time in which it was frozen, in which
 * the machine slept or in which nobody could hear it is not time in which it did nothing. A gap between two heartbeats counts
 * as two intervals at most.
 */
const LONGEST_GAP = 2;

export class LivedTime {
  #lived = 0;
  #heard: number | undefined;

  /** A heartbeat came. Both in the same unit, `now` on a monotonic clock. */
  heard(now: number, interval: number): void {
    this.#lived = this.at(now, interval);
    this.#heard = now;
  }

  /** Never goes back. Nothing before the first heartbeat. */
  at(now: number, interval: number): number {
    if (this.#heard === undefined) return this.#lived;
    return this.#lived + Math.min(Math.max(0, now - this.#heard), LONGEST_GAP * interval);
  }
}
