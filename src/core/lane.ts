/**
 * A lane: the pending jobs of one route of one pool, best first (higher priority, then lower id). Memory holds its
 * head; what lies behind the `boundary` is only in the store and is fetched when the head runs low. So a claim
 * costs the same with a thousand queued jobs and with a million.
 *
 * Invariant: every pending job of the lane that is not in memory is worse than the boundary, and everything in
 * memory is not worse than it. A lane without a boundary is whole: all its jobs are in memory.
 */
import { jobSize } from './job-size.ts';
import type { JobId, PendingJob } from './job.ts';

export interface LanePosition {
  priority: number;
  id: JobId;
}

/**
 * Jobs held in memory of a lane that is longer. Filled up again when a quarter is left: with no-op jobs that quarter
 * lasts 50 ms, several times what the store takes to answer.
 */
export const HEAD_CAPACITY = 4_096;
/** The same in bytes, about: jobs may have megabytes each. Few enough that an answer of the store with as many is a short one. */
export const HEAD_SIZE = 8 * 1024 * 1024;

/** Negative when `a` is to run before `b`. */
export function compareLanePositions(a: LanePosition, b: LanePosition): number {
  return b.priority - a.priority || a.id - b.id;
}

/** What the store is asked for. */
export interface Refill {
  readonly after: LanePosition | undefined;
  readonly limit: number;
  /** Bytes, about, of the jobs. */
  readonly size: number;
  /** The head is built anew from the answer. */
  readonly anew: boolean;
}

/** Everything lies behind it. */
const BEFORE_ALL: LanePosition = { priority: Infinity, id: 0 };

export class Lane {
  readonly pool: string;
  readonly route: string;
  /** Binary heap, best at index 0. */
  #heap: PendingJob[] = [];
  /** Bytes of all that is in memory, about. */
  #held = 0;
  #boundary: LanePosition | undefined;
  #last: LanePosition | undefined;
  /** The one under way; the answer to another is of an order that holds no more. */
  #refill: Refill | undefined;
  /** The order of the store has changed: the head is to be built anew. */
  #stale = false;
  /** Jobs that came while it is built, which the answer does not hold. */
  readonly #offered = new Map<JobId, PendingJob>();
  /**
   * The best job that was turned away since the refill under way was asked for. Its answer may not hold that job, so
   * nothing worse may be taken from the answer.
   */
  #turnedAway: LanePosition | undefined;
  /** Jobs withdrawn since then: its answer may still hold them. */
  readonly #withdrawn = new Set<JobId>();
  #withdrawnMany: ((job: PendingJob) => boolean)[] = [];

  readonly #capacity: number;
  readonly #mostHeld: number;

  constructor(
    pool: string,
    route: string,
    origin: 'new' | 'restored' = 'new',
    { capacity = HEAD_CAPACITY, size = HEAD_SIZE } = {},
  ) {
    this.pool = pool;
    this.route = route;
    this.#capacity = capacity;
    this.#mostHeld = size;
    // A restored lane knows nothing yet.
    if (origin === 'restored') this.#boundary = BEFORE_ALL;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** True when all pending jobs of the lane are in memory. */
  get whole(): boolean {
    return this.#boundary === undefined;
  }

  get needsRefill(): boolean {
    if (this.#refill) return false;
    const isLow = this.#heap.length < this.#capacity / 4 && this.#held < this.#mostHeld / 4;
    return this.#stale || (isLow && !this.whole);
  }

  peek(): PendingJob | undefined {
    return this.#heap[0];
  }

  /**
   * Takes in a job that became pending, or leaves it to the store when it lies behind the head.
   * Returns whether memory holds it; if not, it does not hold a worse one either.
   */
  offer(job: PendingJob): boolean {
    if (this.#boundary && compareLanePositions(job, this.#boundary) > 0) {
      this.#turnAway(job);
      return false;
    }
    if (!this.#boundary && this.#isFull(1) && this.#last) {
      if (compareLanePositions(job, this.#last) > 0) {
        this.#boundary = this.#last;
        this.#turnAway(job);
        return false;
      }
    }
    this.#push(job);
    if (this.#refill?.anew) this.#offered.set(job.id, job);
    if (this.#isFull(3) && this.#heap.length > 1) this.#shrink();
    return true;
  }

  /** Removes and returns the best job. */
  take(): PendingJob | undefined {
    const best = this.#heap[0];
    const moved = this.#heap.pop();
    if (best === undefined || moved === undefined) return undefined;
    this.#held -= jobSize(best);
    if (this.#refill?.anew) this.#leave(best.id);
    if (this.#heap.length > 0) {
      this.#heap[0] = moved;
      this.#sink(0);
    } else {
      this.#last = undefined;
    }
    return best;
  }

  /** Takes a job out wherever it is; it was cancelled. */
  withdraw(id: JobId): PendingJob | undefined {
    if (this.#refill) this.#leave(id);
    const index = this.#heap.findIndex((job) => job.id === id);
    if (index < 0) return undefined;
    const job = this.#heap[index];
    this.#heap.splice(index, 1);
    this.#rebuild(this.#heap);
    return job;
  }

  /** What is changed of a job's position holds from the next `reload` on. */
  forEach(change: (job: PendingJob) => void): void {
    for (const job of this.#heap) change(job);
  }

  /** Takes out all that are meant; they were cancelled. */
  withdrawMany(isMeant: (job: PendingJob) => boolean): void {
    if (this.#refill) this.#withdrawnMany.push(isMeant);
    for (const job of this.#offered.values()) if (isMeant(job)) this.#offered.delete(job.id);
    this.#rebuild(this.#heap.filter((job) => !isMeant(job)));
  }

  /**
   * The store holds another order from now on, or more jobs: the head is to be built anew. Until the store has answered, what
   * memory holds is given out as before, so that no worker waits for that.
   */
  reload(): void {
    this.#stale = true;
    this.#refill = undefined;
    this.#offered.clear();
    this.#boundary = undefined;
    this.#rebuild(this.#heap);
  }

  /** Call before asking the store; returns what to ask for. */
  beginRefill(): Refill {
    this.#turnedAway = undefined;
    this.#forgetLeavers();
    const known = !this.#stale && this.#boundary !== BEFORE_ALL;
    this.#refill = {
      after: known ? this.#boundary : undefined,
      limit: this.#capacity,
      size: this.#mostHeld,
      anew: this.#stale,
    };
    this.#stale = false;
    return this.#refill;
  }

  /**
   * The store's answer to `beginRefill`: the next jobs behind the boundary, best first; `more`: others may follow them. A job
   * that `isDelayed` is offered when its time has come.
   */
  endRefill(
    refill: Refill,
    { jobs, more }: { jobs: readonly PendingJob[]; more: boolean },
    isDelayed: (id: JobId) => boolean = () => false,
  ): void {
    if (refill !== this.#refill) return;
    this.#refill = undefined;
    const missing = this.#turnedAway;
    const usable = missing ? jobs.filter((job) => compareLanePositions(job, missing) < 0) : jobs;
    const offered = [...this.#offered.values()];
    if (refill.anew) this.#rebuild([]);
    for (const job of usable) if (!this.#hasLeft(job) && !isDelayed(job.id)) this.#push(job);
    const last = usable.at(-1);
    if (!missing && !more) this.#boundary = undefined;
    else if (last) this.#boundary = { priority: last.priority, id: last.id };
    else if (refill.anew) this.#boundary = BEFORE_ALL;
    const boundary = this.#boundary;
    // One that is behind the boundary is found in the store.
    for (const job of offered) if (!boundary || compareLanePositions(job, boundary) <= 0) this.#push(job);
    this.#forgetLeavers();
  }

  /** The store could not answer; asked again later. */
  failRefill(refill: Refill): void {
    if (refill !== this.#refill) return;
    this.#refill = undefined;
    this.#stale ||= refill.anew;
    this.#forgetLeavers();
  }

  #leave(id: JobId): void {
    this.#withdrawn.add(id);
    this.#offered.delete(id);
  }

  /** Whether a job of an answer is not pending any more, or came in meanwhile by another way. */
  #hasLeft(job: PendingJob): boolean {
    if (this.#withdrawn.has(job.id) || this.#offered.has(job.id)) return true;
    return this.#withdrawnMany.some((isMeant) => isMeant(job));
  }

  #forgetLeavers(): void {
    this.#offered.clear();
    this.#withdrawn.clear();
    this.#withdrawnMany = [];
  }

  #push(job: PendingJob): void {
    if (!this.#last || compareLanePositions(job, this.#last) > 0) {
      this.#last = { priority: job.priority, id: job.id };
    }
    this.#heap.push(job);
    this.#held += jobSize(job);
    this.#rise(this.#heap.length - 1);
  }

  /** Keeps the best; happens when many jobs come in with ever higher priorities. */
  #shrink(): void {
    const sorted = this.#heap.sort(compareLanePositions);
    let kept = 0;
    for (let held = 0; kept < this.#capacity && (kept === 0 || held < this.#mostHeld); kept++)
      held += jobSize(sorted[kept]!);
    sorted.length = kept;
    const worst = sorted.at(-1)!;
    this.#boundary = { priority: worst.priority, id: worst.id };
    this.#turnAway(this.#boundary);
    this.#rebuild(sorted);
  }

  /** Whether memory holds so many times what it is meant to. */
  #isFull(times: number): boolean {
    return this.#heap.length >= times * this.#capacity || this.#held >= times * this.#mostHeld;
  }

  #turnAway(position: LanePosition): void {
    if (!this.#turnedAway || compareLanePositions(position, this.#turnedAway) < 0) {
      this.#turnedAway = { priority: position.priority, id: position.id };
    }
  }

  #rebuild(jobs: PendingJob[]): void {
    this.#heap = [];
    this.#held = 0;
    this.#last = undefined;
    for (const job of jobs) this.#push(job);
  }

  #rise(start: number): void {
    const heap = this.#heap;
    const job = heap[start]!;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (compareLanePositions(heap[parent]!, job) <= 0) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = job;
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const job = heap[start]!;
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && compareLanePositions(heap[child + 1]!, heap[child]!) < 0) child++;
      if (compareLanePositions(job, heap[child]!) <= 0) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = job;
  }
}
