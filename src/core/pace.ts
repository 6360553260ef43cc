/**
 * When something may be told next that is told at most so often in any second. What is routine is spaced out, and leaves room for
 * news, which goes out at once as long as there is any; the first after a rest goes at once, too.
 */

/** In any second: routine at most, and all together. */
const ROUTINE_A_SECOND = 8;
export const MOST_A_SECOND = 10;
const SECOND = 1_000;

export class Pace {
  /** When the newest were told, oldest first; as many as a second may have. */
  readonly #told: number[] = [];

  told(now: number): void {
    this.#told.push(now);
    if (this.#told.length > MOST_A_SECOND) this.#told.shift();
  }

  /** Milliseconds to wait, 0 for none. `now` on a monotonic clock. */
  wait(isNews: boolean, now: number): number {
    const isFull = this.#told.length === MOST_A_SECOND;
    const due = isFull ? this.#told[0]! + SECOND : -Infinity;
    const spaced = isNews ? -Infinity : (this.#told.at(-1) ?? -Infinity) + SECOND / ROUTINE_A_SECOND;
    return Math.max(0, due - now, spaced - now);
  }
}
