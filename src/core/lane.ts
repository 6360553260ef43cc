/**
 * A lane: the pending jobs of one route of one pool, best first (higher priority, then lower id). Memory holds its
 * head; what lies behind the `boundary` is only in the store and is fetched when the head runs low. So a claim
 * costs the same with a thousand queued jobs and with a million.
 *
 * Invariant: every pending job of the lane that is not in memory is worse than the boundary, and everything in
 * memory is not worse than it. A lane without a boundary is whole: all its jobs are in memory.
 */
import { JobHeap } from './job-heap.ts';
import type { JobId, PendingJob } from './job.ts';
import { BEFORE_ALL, compareLanePositions, positionOf, type LanePosition } from './lane-position.ts';
import { LaneRefill } from './lane-refill.ts';

/**
 * Jobs held in memory of a lane that is longer. Filled up again when a quarter is left: with no-op jobs that quarter
 * lasts 50 ms, several times what the store takes to answer.
 */
const HEAD_CAPACITY = 4_096;
/** The same in bytes, about: jobs may have megabytes each. Few enough that an answer of the store with as many is a short one. */
export const HEAD_SIZE = 8 * 1024 * 1024;

export class Lane {
  readonly pool: string;
  readonly route: string;
  readonly #head = new JobHeap();
  #boundary: LanePosition | undefined;
  /** The one under way; the answer to another is of an order that holds no more. */
  #refill: LaneRefill | undefined;
  /** The order of the store has changed: the head is to be built anew. */
  #stale = false;
  readonly #capacity: number;
  readonly #mostBytes: number;

  constructor(
    pool: string,
    route: string,
    origin: 'new' | 'restored' = 'new',
    { capacity = HEAD_CAPACITY, size = HEAD_SIZE } = {},
  ) {
    this.pool = pool;
    this.route = route;
    this.#capacity = capacity;
    this.#mostBytes = size;
    // A restored lane knows nothing yet.
    if (origin === 'restored') this.#boundary = BEFORE_ALL;
  }

  get size(): number {
    return this.#head.length;
  }

  /** True when all pending jobs of the lane are in memory. */
  get whole(): boolean {
    return this.#boundary === undefined;
  }

  get needsRefill(): boolean {
    if (this.#refill) return false;
    const isLow = this.#head.length < this.#capacity / 4 && this.#head.bytes < this.#mostBytes / 4;
    return this.#stale || (isLow && !this.whole);
  }

  peek(): PendingJob | undefined {
    return this.#head.best;
  }

  /**
   * Takes in a job that became pending, or leaves it to the store when it lies behind the head.
   * Returns whether memory holds it; if not, it does not hold a worse one either.
   */
  offer(job: PendingJob): boolean {
    if (!this.#boundary && this.#isFull(1)) {
      const { worst } = this.#head;
      if (worst && compareLanePositions(job, worst) > 0) this.#boundary = worst;
    }
    if (this.#boundary && compareLanePositions(job, this.#boundary) > 0) {
      this.#refill?.turnAway(job);
      return false;
    }
    this.#head.push(job);
    this.#refill?.offer(job);
    // Many jobs came in with ever higher priorities.
    if (this.#isFull(3) && this.#head.length > 1) this.#shrink();
    return true;
  }

  /** Removes and returns the best job. */
  take(): PendingJob | undefined {
    const best = this.#head.take();
    if (best) this.#refill?.take(best.id);
    return best;
  }

  /** What is changed of a job's position holds from the next `reload` on. */
  forEach(change: (job: PendingJob) => void): void {
    this.#head.forEach(change);
  }

  /** Takes out all that are meant; they were cancelled. */
  withdraw(isMeant: (job: PendingJob) => boolean): void {
    this.#refill?.withdraw(isMeant);
    this.#head.restack((job) => !isMeant(job));
  }

  /**
   * The store holds another order from now on, or more jobs: the head is to be built anew. Until the store has answered, what
   * memory holds is given out as before, so that no worker waits for that.
   */
  reload(): void {
    this.#stale = true;
    this.#refill = undefined;
    this.#boundary = undefined;
    this.#head.restack();
  }

  /** Call before asking the store; returns what to ask for. */
  beginRefill(): LaneRefill {
    const isKnown = !this.#stale && this.#boundary !== BEFORE_ALL;
    this.#refill = new LaneRefill({
      after: isKnown ? this.#boundary : undefined,
      limit: this.#capacity,
      size: this.#mostBytes,
      anew: this.#stale,
    });
    this.#stale = false;
    return this.#refill;
  }

  /**
   * The store's answer to `beginRefill`: the next jobs behind the boundary, best first; `more`: others may follow them. A job
   * that `isDelayed` is offered when its time has come.
   */
  endRefill(
    refill: LaneRefill,
    { jobs, more }: { jobs: readonly PendingJob[]; more: boolean },
    isDelayed: (id: JobId) => boolean = () => false,
  ): void {
    if (refill !== this.#refill) return;
    this.#refill = undefined;
    const { anew } = refill.question;
    if (anew) this.#head.clear();
    const usable = refill.inOrder(jobs);
    for (const job of usable) if (!refill.hasLeft(job) && !isDelayed(job.id)) this.#head.push(job);
    const last = usable.at(-1);
    if (refill.isLast(more)) this.#boundary = undefined;
    else if (last) this.#boundary = positionOf(last);
    else if (anew) this.#boundary = BEFORE_ALL;
    const boundary = this.#boundary;
    // One that is behind the boundary is found in the store.
    for (const job of refill.offered)
      if (!boundary || compareLanePositions(job, boundary) <= 0) this.#head.push(job);
  }

  /** The store could not answer; asked again later. */
  failRefill(refill: LaneRefill): void {
    if (refill !== this.#refill) return;
    this.#refill = undefined;
    this.#stale ||= refill.question.anew;
  }

  #shrink(): void {
    this.#head.truncate(this.#capacity, this.#mostBytes);
    this.#boundary = this.#head.worst;
    if (this.#boundary) this.#refill?.turnAway(this.#boundary);
  }

  /** Whether memory holds so many times what it is meant to. */
  #isFull(times: number): boolean {
    return this.#head.length >= times * this.#capacity || this.#head.bytes >= times * this.#mostBytes;
  }
}
