/** Tells the log what was refused of whom: the first at once, and then at most once a minute how many more there were. */
import type { Clock } from '../core/clock.ts';
import type { Log } from './log.ts';

const INTERVAL_MILLISECONDS = 60_000;

export class Refusals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #known = new Map<string, { toldAt: number; more: number }>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `who` is a worker or a process; each has its own minute. */
  tell(who: string, what: string): void {
    const now = this.#clock.monotonic();
    const known = this.#known.get(who);
    if (known && now - known.toldAt < INTERVAL_MILLISECONDS) {
      known.more++;
      return;
    }
    this.#known.set(who, { toldAt: now, more: 0 });
    const more = known && known.more > 0 ? ` (and ${known.more} more like it since)` : '';
    this.#log.warn(`${who} ${what}; refused${more}.`);
  }
}
