/**
 * How many jobs end a minute, of one pool or batch: over the last minute, or as far back as the last 20 ends, so that jobs of
 * an hour have a rate too and it does not jump with each of them. Counted in seconds in which something ended, so that it
 * costs the same at any speed. Time in which nothing ran is no part of it.
 */
import type { Clock } from '../core/clock.ts';

/** Seconds. */
const WINDOW = 60;
const FEWEST_ENDS = 20;
/** Seconds in which something ended, kept. */
const KEPT = 60;
/** From fewer ends nothing is foretold, unless no more are left. */
const ENDS_TO_FORETELL = 3;

export interface Rate {
  perMinute: number;
  /** How many ends it is taken from. */
  ends: number;
}

export class EndRate {
  readonly #clock: Clock;
  /** Oldest first, by time at work. */
  readonly #seconds: { second: number; ended: number }[] = [];
  /** Seconds without work so far. */
  #idle: number;
  #idleSince: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#idle = clock.monotonic() / 1000;
    this.#idleSince = this.#idle;
  }

  /** Work begins, after a time of none. */
  begin(): void {
    if (this.#idleSince === undefined) return;
    this.#idle += this.#clock.monotonic() / 1000 - this.#idleSince;
    this.#idleSince = undefined;
  }

  /** Nothing runs any more. */
  rest(): void {
    this.#idleSince ??= this.#clock.monotonic() / 1000;
  }

  add(): void {
    const second = Math.floor(this.#atWork());
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.ended++;
    else this.#seconds.push({ second, ended: 1 });
    if (this.#seconds.length > KEPT) this.#seconds.shift();
  }

  get rate(): Rate {
    const now = this.#atWork();
    let ends = 0;
    let index = this.#seconds.length;
    const isRecent = (at: number): boolean => this.#seconds[at]!.second >= now - WINDOW;
    while (index > 0 && (ends < FEWEST_ENDS || isRecent(index - 1))) ends += this.#seconds[--index]!.ended;
    if (ends === 0) return { perMinute: 0, ends };
    const before = this.#seconds[index - 1]?.second ?? 0;
    const isAllRecent = isRecent(index);
    const observed = now - (isAllRecent ? Math.max(before, now - WINDOW) : before);
    return { perMinute: (ends / Math.max(1, observed)) * 60, ends };
  }

  /** Seconds at work. */
  #atWork(): number {
    return (this.#idleSince ?? this.#clock.monotonic() / 1000) - this.#idle;
  }
}

/** What faces are told of a rate and of the jobs that are left at it. */
export function foretell({ perMinute, ends }: Rate, left: number): { etaSeconds?: number; etaFrom?: number } {
  if (left === 0 || ends === 0 || ends < Math.min(ENDS_TO_FORETELL, left)) return {};
  return { etaSeconds: Math.ceil((left / perMinute) * 60), etaFrom: ends };
}
