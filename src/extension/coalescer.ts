import type { Clock } from '../core/clock.ts';

/** Runs an action at once, and then at most once in an interval, however often it is asked for; the last ask is kept. */
export class Coalescer {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #action: () => void;
  #lastRun = Number.NEGATIVE_INFINITY;
  #cancelRun: (() => void) | undefined;

  /** `interval` in milliseconds. */
  constructor(clock: Clock, interval: number, action: () => void) {
    this.#clock = clock;
    this.#interval = interval;
    this.#action = action;
  }

  request(): void {
    if (this.#cancelRun) return;
    const wait = this.#lastRun + this.#interval - this.#clock.monotonic();
    if (wait <= 0) this.#run();
    else this.#cancelRun = this.#clock.after(wait, () => this.#run());
  }

  /** Drops what was asked for and not yet run. */
  cancel(): void {
    this.#cancelRun?.();
    this.#cancelRun = undefined;
  }

  /** The action was done in another way: the interval begins anew. */
  reset(): void {
    this.cancel();
    this.#lastRun = this.#clock.monotonic();
  }

  #run(): void {
    this.reset();
    this.#action();
  }
}
