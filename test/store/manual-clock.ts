/** A clock whose time a test turns by hand. */
import type { Clock } from '../../src/core/clock.ts';

interface Timer {
  due: number;
  action: () => void;
}

export class ManualClock implements Clock {
  #wall = 1_763_780_000_000;
  #monotonic = 0;
  #timers = new Set<Timer>();

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { due: this.#monotonic + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass and runs what comes due, in order. */
  advance(milliseconds: number): void {
    const end = this.#monotonic + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#timers.delete(next);
      this.#step(next.due);
      next.action();
    }
    this.#step(end);
  }

  #step(to: number): void {
    this.#wall += to - this.#monotonic;
    this.#monotonic = to;
  }
}
