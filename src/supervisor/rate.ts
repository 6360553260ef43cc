/** Jobs ended in the last minute, counted in slots of a second so that it costs the same at any speed. */
import type { Clock } from '../core/clock.ts';

const SLOTS = 60;

export class MinuteRate {
  readonly #clock: Clock;
  readonly #slots = new Uint32Array(SLOTS);
  #second: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#second = this.#now();
  }

  add(): void {
    this.#advance();
    this.#slots[this.#second % SLOTS]!++;
  }

  get lastMinute(): number {
    this.#advance();
    return this.#slots.reduce((sum, count) => sum + count, 0);
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
