/**
 * Time that this process has lived through. A laptop that sleeps, a machine that is paused, a process that is stopped: for
 * all of them the monotonic clock may jump, and what seems to be an hour of silence was an hour in which nobody could
 * speak. So a gap between two looks at the clock that is much longer than the beat in which it looks counts as one beat. The
 * error is always to one side: awake time is never longer than the time that passed, so that a limit may be kept late and
 * is never kept early.
 */
import type { Clock } from './clock.ts';

/** Between two looks, milliseconds. */
export const BEAT = 1_000;
/** A longer gap was not lived through. A busy machine delays a beat by so much now and then. */
export const LONGEST_STEP = 2_500;

/** Adds up time awake from looks at a monotonic clock, of which there must be one every `BEAT`. */
export class AwakeTime {
  #awake = 0;
  #seen: number;

  constructor(monotonic: number) {
    this.#seen = monotonic;
  }

  /** Milliseconds awake so far, when the monotonic clock shows `monotonic`. Never goes back, whatever that clock does. */
  at(monotonic: number): number {
    const step = monotonic - this.#seen;
    this.#seen = monotonic;
    if (step > LONGEST_STEP) this.#awake += BEAT;
    else if (step > 0) this.#awake += step;
    return this.#awake;
  }
}

/** A clock whose durations, and whose timers, are measured in time awake. */
export class AwakeClock implements Clock {
  readonly #clock: Clock;
  readonly #awake: AwakeTime;

  /** It looks at `clock` for as long as the process lives: one for each process. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#awake = new AwakeTime(clock.monotonic());
    this.#beat();
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#awake.at(this.#clock.monotonic());
  }

  after(milliseconds: number, action: () => void): () => void {
    // What is not longer than the beat that a sleep counts as is due after any sleep.
    if (milliseconds <= BEAT) return this.#clock.after(milliseconds, action);
    const due = this.monotonic() + milliseconds;
    let cancel: () => void = () => undefined;
    const wait = (rest: number): void => {
      cancel = this.#clock.after(rest, () => {
        const missing = due - this.monotonic();
        // Timers are up to a millisecond early.
        if (missing > 1) wait(missing);
        else action();
      });
    };
    wait(milliseconds);
    return () => cancel();
  }

  #beat(): void {
    this.#clock.after(BEAT, () => {
      this.monotonic();
      this.#beat();
    });
  }
}
