import type { Clock } from '../core/clock.ts';

/**
 * Milliseconds between looks for a supervisor whose connection closed. The keeper brings a crashed one back in well
 * under a second, throttled when it crashes again; after half a minute nobody is coming.
 */
export const RECONNECT_DELAYS = [50, 100, 250, 500, 1000, 2000, 2000, 4000, 4000, 8000, 8000];

/** Looks for a lost supervisor, less and less often, until it is found or given up. */
export class Reconnection {
  readonly #clock: Clock;
  #cancelNext: () => void = () => undefined;
  /** Grows with every start and cancel, so that a look of before is told from one of now. */
  #run = 0;
  #isLooking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From `start` until it is found, given up or cancelled. */
  get isLooking(): boolean {
    return this.#isLooking;
  }

  /** `look` is told for how long there has been none, and resolves true when there is nothing more to look for. */
  start(look: (waited: number) => Promise<boolean>, giveUp: () => void): void {
    this.cancel();
    this.#isLooking = true;
    const run = this.#run;
    const lostAt = this.#clock.monotonic();
    const attempt = (number: number): void => {
      const delay = RECONNECT_DELAYS[number];
      if (delay === undefined) {
        this.#isLooking = false;
        giveUp();
        return;
      }
      this.#cancelNext = this.#clock.after(delay, () => {
        void look(this.#clock.monotonic() - lostAt).then((settled) => {
          if (run !== this.#run) return;
          if (settled) this.#isLooking = false;
          else attempt(number + 1);
        });
      });
    };
    attempt(0);
  }

  cancel(): void {
    this.#run++;
    this.#isLooking = false;
    this.#cancelNext();
  }
}
