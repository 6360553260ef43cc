/** A clock that a test turns by hand: time that passes, sleep that all processes oversleep, and a wall clock that is set. */
import type { Clock } from '../src/core/clock.ts';

interface Timer {
  due: number;
  action: () => void;
}

export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 1_000_000;
  #timers = new Set<Timer>();

  constructor(wall = 1_763_780_000_000) {
    this.#wall = wall;
  }

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

  /** When the next timer is due, in milliseconds from now. */
  get nextDue(): number | undefined {
    const next = this.#next();
    return next && next.due - this.#monotonic;
  }

  /** Time in which the process lives: what comes due runs, in order and on time. */
  advance(milliseconds: number): void {
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
    for (let next = this.#next(); next && next.due <= end; next = this.#next()) {
      this.#timers.delete(next);
      before(next.due);
      next.action();
    }
  }

  /** The earliest; of several at the same time the one that was set first. */
  #next(): Timer | undefined {
    return [...this.#timers].reduce<Timer | undefined>(
      (next, timer) => (next && next.due <= timer.due ? next : timer),
      undefined,
    );
  }

  #go(milliseconds: number): void {
    const forward = Math.max(milliseconds, 0);
    this.#monotonic += forward;
    this.#wall += forward;
  }
}
