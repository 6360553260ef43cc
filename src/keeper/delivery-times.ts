/**
 * When frames were handed to a worker, as far back as it lives. The keeper outlives supervisors and goes on measuring while
 * there is none, so a new one learns from it for how long a job has been with its worker, without trusting a wall clock
 * that may have been set or a machine that may have slept.
 *
 * Exact to a second for the newest frames, and coarser the older they are: memory is bounded, and what was merged
 * counts from the later time. So an age is never too long.
 */

/** Frames handed over within so many milliseconds share an entry. */
const MERGED_MILLISECONDS = 1_000;
const MAX_ENTRIES = 256;

export interface FrameAge {
  /** This frame, and every one before it, was handed over at least so long ago. */
  frame: number;
  milliseconds: number;
}

interface Entry {
  frame: number;
  first: number;
  last: number;
}

export class DeliveryTimes {
  #entries: Entry[] = [];

  /** `frame` was handed over at `now`, on a clock that measures time awake. Called for every batch of frames. */
  add(frame: number, now: number): void {
    const newest = this.#entries.at(-1);
    if (newest && now - newest.first < MERGED_MILLISECONDS) {
      newest.frame = frame;
      newest.last = now;
      return;
    }
    this.#entries.push({ frame, first: now, last: now });
    if (this.#entries.length > MAX_ENTRIES) this.#thin();
  }

  /** Oldest first. */
  ages(now: number): FrameAge[] {
    return this.#entries.map(({ frame, last }) => ({ frame, milliseconds: now - last }));
  }

  /** Drops every second entry of the older half; its frames count with the next one, which came later. */
  #thin(): void {
    this.#entries = this.#entries.filter((_, index) => index >= MAX_ENTRIES / 2 || index % 2 === 1);
  }
}

/** For how long a frame is known to have been with its worker, milliseconds; 0 when nothing is known. */
export function ageOfFrame(ages: readonly FrameAge[], frame: number): number {
  return ages.find((known) => known.frame >= frame)?.milliseconds ?? 0;
}
