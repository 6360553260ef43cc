import type { Clock } from '../../src/core/clock.ts';

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #time: number;
  #timers: { due: number; action: () => void }[] = [];

  constructor(time = 0) {
    this.#time = time;
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { due: this.#time + milliseconds, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** When the next timer is due, in milliseconds from now. */
  get nextDue(): number | undefined {
    return this.#timers.length === 0
      ? undefined
      : Math.min(...this.#timers.map((timer) => timer.due)) - this.#time;
  }

  advance(milliseconds: number): void {
    const end = this.#time + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((one, other) => one.due - other.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#time = Math.max(this.#time, next.due);
      next.action();
    }
    this.#time = end;
  }
}
