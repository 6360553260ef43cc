/** A clock that a test turns by hand: time that passes, sleep that all processes oversleep, and a wall clock that is set. */
import type { Clock } from '../src/core/clock.ts';

interface Timer {
  due: number;
  action: () => void;
}

export class TurnedClock implements Clock {
  #wall = 1_763_780_000_000;
  #monotonic = 1_000_000;
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

  /** Time in which the process lives: what comes due runs, in order and on time. */
  pass(milliseconds: number): void {
    const end = this.#monotonic + milliseconds;
    this.#runDue(end, (due) => this.#go(due - this.#monotonic));
    this.#go(end - this.#monotonic);
  }

  /** Time in which the process does not live; then it wakes, and all that came due meanwhile runs late. */
  sleep(milliseconds: number): void {
    this.#go(milliseconds);
    this.#runDue(this.#monotonic, () => undefined);
  }

  /** Somebody, or the network, sets the wall clock. */
  setWall(by: number): void {
    this.#wall += by;
  }

  #runDue(end: number, before: (due: number) => void): void {
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (!next) return;
      this.#timers.delete(next);
      before(next.due);
      next.action();
    }
  }

  #go(milliseconds: number): void {
    this.#monotonic += milliseconds;
    this.#wall += milliseconds;
  }
}
