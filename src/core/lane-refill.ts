/**
 * One question of a lane to the store for its next jobs, and what becomes of jobs until the answer comes: the answer is of
 * the moment at which it was asked for.
 */
import type { JobId, PendingJob } from './job.ts';
import { compareLanePositions, positionOf, type LanePosition } from './lane-position.ts';

/** What the store is asked for. */
interface RefillQuestion {
  readonly after: LanePosition | undefined;
  readonly limit: number;
  /** Bytes, about, of the jobs. */
  readonly size: number;
  /** The head is built anew from the answer. */
  readonly anew: boolean;
}

export class LaneRefill {
  readonly question: RefillQuestion;
  /** The best job that was turned away: the answer may not hold it, so nothing worse may be taken from the answer. */
  #turnedAway: LanePosition | undefined;
  /** Jobs that came while the head is built anew, which the answer does not hold. */
  readonly #offered = new Map<JobId, PendingJob>();
  readonly #taken = new Set<JobId>();
  readonly #withdrawn: ((job: PendingJob) => boolean)[] = [];

  constructor(question: RefillQuestion) {
    this.question = question;
  }

  /** The job is in the store only. */
  turnAway(position: LanePosition): void {
    if (!this.#turnedAway || compareLanePositions(position, this.#turnedAway) < 0) {
      this.#turnedAway = positionOf(position);
    }
  }

  /** The job came into memory. */
  offer(job: PendingJob): void {
    if (this.question.anew) this.#offered.set(job.id, job);
  }

  /** The job was given out. What is asked for behind the head holds none that is in memory. */
  take(id: JobId): void {
    if (!this.question.anew) return;
    this.#taken.add(id);
    this.#offered.delete(id);
  }

  /** All that are meant are pending no longer. */
  withdraw(isMeant: (job: PendingJob) => boolean): void {
    this.#withdrawn.push(isMeant);
    for (const job of this.#offered.values()) if (isMeant(job)) this.#offered.delete(job.id);
  }

  /** What came while the head was built anew. */
  get offered(): Iterable<PendingJob> {
    return this.#offered.values();
  }

  /** Whether nothing lies behind an answer after which the store has no `more`. */
  isLast(more: boolean): boolean {
    return !more && !this.#turnedAway;
  }

  /** Those of the answer that no job which is not in it goes before. */
  inOrder(jobs: readonly PendingJob[]): readonly PendingJob[] {
    const missing = this.#turnedAway;
    return missing ? jobs.filter((job) => compareLanePositions(job, missing) < 0) : jobs;
  }

  /** Whether a job of the answer is not pending any more, or came in meanwhile by another way. */
  hasLeft(job: PendingJob): boolean {
    if (this.#taken.has(job.id) || this.#offered.has(job.id)) return true;
    return this.#withdrawn.some((isMeant) => isMeant(job));
  }
}
