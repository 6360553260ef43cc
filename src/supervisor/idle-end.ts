/** With nobody connected and no worker alive there is nothing to supervise; the state is on the disk. */
import type { Clock } from '../core/clock.ts';

/** Milliseconds. */
export const IDLE_PATIENCE = 10 * 60_000;

export class IdleEnd {
  readonly #clock: Clock;
  readonly #isNeeded: () => boolean;
  readonly #end: () => void;
  #idleSince: number;

  /** Calls `end` when it was not needed for so long. */
  constructor(clock: Clock, isNeeded: () => boolean, end: () => void) {
    this.#clock = clock;
    this.#isNeeded = isNeeded;
    this.#end = end;
    this.#idleSince = clock.monotonic();
  }

  tick(): void {
    const now = this.#clock.monotonic();
    if (this.#isNeeded()) this.#idleSince = now;
    else if (now - this.#idleSince > IDLE_PATIENCE) this.#end();
  }
}
