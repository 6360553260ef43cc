/** How many jobs end a minute, counted in slots of a second so that it costs the same at any speed. */
import type { Clock } from '../core/clock.ts';

const SLOTS = 60;

export class MinuteRate {
  readonly #clock: Clock;
  readonly #slots = new Uint32Array(SLOTS);
  #second: number;
  #workingSince: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#second = this.#now();
    this.#workingSince = clock.monotonic();
  }

  /** Work begins, after a time of none. */
  begin(): void {
    if (this.perMinute === 0) this.#workingSince = this.#clock.monotonic();
  }

  add(): void {
    this.#advance();
    this.#slots[this.#second % SLOTS]!++;
  }

  /** Jobs a minute; extrapolated while the pool has been at work for less than that. */
  get perMinute(): number {
    this.#advance();
    const ended = this.#slots.reduce((sum, count) => sum + count, 0);
    const observed = Math.min(SLOTS, (this.#clock.monotonic() - this.#workingSince) / 1000);
    return ended === 0 ? 0 : Math.round((ended / Math.max(1, observed)) * SLOTS);
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / 1000);
  }

  #advance(): void {
    const now = this.#now();
    for (let second = Math.max(this.#second + 1, now - SLOTS + 1); second <= now; second++) {
      this.#slots[second % SLOTS] = 0;
    }
    this.#second = Math.max(this.#second, now);
  }
}
