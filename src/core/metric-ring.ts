/**
 * The newest buckets of one series at one resolution. Times without a look have no bucket. A wall clock that goes back by more
 * than one bucket makes the times that follow it untrue: their buckets are forgotten, and the time is lived once more.
 */
import { BUCKET_BYTES, FIGURES, isMaximum, type MetricBucket } from './metric-bucket.ts';

/** Room for so many buckets is made first; it is doubled when needed. */
const FIRST_ROOM = 8;

export class MetricRing {
  /** Seconds of a bucket. */
  readonly step: number;
  #limit: number;
  #times = new Uint32Array(0);
  #figures = new Float32Array(0);
  /** Index of the oldest, and how many there are. */
  #start = 0;
  #length = 0;
  /** Buckets from this time on have changed since they were saved. */
  #unsavedFrom = Infinity;

  constructor(step: number, limit: number) {
    this.step = step;
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#times.length * BUCKET_BYTES;
  }

  get length(): number {
    return this.#length;
  }

  /** Seconds that it reaches back at most. */
  get reach(): number {
    return this.#limit * this.step;
  }

  /** The time of its newest bucket. */
  get newest(): number | undefined {
    return this.#length === 0 ? undefined : this.#times[this.#index(this.#length - 1)];
  }

  get hasUnsaved(): boolean {
    return this.#unsavedFrom !== Infinity;
  }

  /** From now on no more than `limit` buckets, the newest ones. */
  setLimit(limit: number): void {
    this.#limit = limit;
    if (this.#times.length <= limit) return;
    this.#moveInto(limit);
  }

  /** Adds what was seen at a time to the bucket of that time. */
  add(seen: MetricBucket): void {
    const { newest } = this;
    const own = Math.floor(seen.at / this.step) * this.step;
    // A clock that is put right by a little.
    const at = newest !== undefined && own === newest - this.step ? newest : own;
    this.#unsavedFrom = Math.min(this.#unsavedFrom, at);
    const slot = this.#slotFor(at) * FIGURES.length;
    const figures = this.#figures;
    FIGURES.forEach((figure, index) => {
      const before = figures[slot + index]!;
      figures[slot + index] = isMaximum(figure) ? Math.max(before, seen[figure]) : before + seen[figure];
    });
  }

  /** Takes in a bucket as it was saved; it replaces one of the same time. */
  put(bucket: MetricBucket): void {
    const slot = this.#slotFor(bucket.at) * FIGURES.length;
    FIGURES.forEach((figure, index) => (this.#figures[slot + index] = bucket[figure]));
  }

  /** Oldest first; those that reach into the time from `since` until before `until` (seconds since 1970). */
  *read(since = -Infinity, until = Infinity): Generator<MetricBucket> {
    for (let nth = 0; nth < this.#length; nth++) {
      const index = this.#index(nth);
      const at = this.#times[index]!;
      if (at + this.step <= since || at >= until) continue;
      const slot = index * FIGURES.length;
      const bucket = { at } as MetricBucket;
      FIGURES.forEach((figure, position) => (bucket[figure] = this.#figures[slot + position]!));
      yield bucket;
    }
  }

  unsaved(): MetricBucket[] {
    return this.hasUnsaved ? [...this.read(this.#unsavedFrom)] : [];
  }

  saved(): void {
    this.#unsavedFrom = Infinity;
  }

  /** None of it, whatever was said before. */
  notSaved(): void {
    this.#unsavedFrom = -Infinity;
  }

  /** Index of the bucket of this time, a new one when there is none. */
  #slotFor(at: number): number {
    while (this.#length > 0 && this.newest! > at) this.#length--;
    if (this.newest === at) return this.#index(this.#length - 1);
    if (this.#length === this.#limit) {
      this.#start = this.#index(1);
      this.#length--;
    } else if (this.#length === this.#times.length) {
      this.#moveInto(Math.min(this.#limit, Math.max(FIRST_ROOM, 2 * this.#length)));
    }
    const index = this.#index(this.#length++);
    this.#times[index] = at;
    this.#figures.fill(0, index * FIGURES.length, (index + 1) * FIGURES.length);
    return index;
  }

  #index(nth: number): number {
    return (this.#start + nth) % this.#times.length;
  }

  #moveInto(room: number): void {
    const kept = [...this.read()].slice(-room);
    this.#times = new Uint32Array(room);
    this.#figures = new Float32Array(room * FIGURES.length);
    this.#start = 0;
    this.#length = 0;
    for (const bucket of kept) this.put(bucket);
  }
}
