/** Which jobs the workers that have room for some are to get. */
import type { JobClaimed } from '../core/events.ts';
import { jobSize } from '../core/job-size.ts';
import { MOST_HELD_BYTES } from '../core/prefetch.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';
import type { Assignment, Worker } from './worker.ts';

/** A job that a worker is to get, once that is recorded. */
export interface Claim {
  worker: Worker;
  job: Assignment['job'];
  size: number;
  event: JobClaimed;
}

export class Claims {
  readonly #queue: Queue;
  readonly #roster: Roster;
  #hungry = new Set<Worker>();

  constructor(queue: Queue, roster: Roster) {
    this.#queue = queue;
    this.#roster = roster;
  }

  /** The worker may be able to take a job. Returns whether that is urgent: half of what it may hold is used up. */
  want(worker: Worker): boolean {
    this.#hungry.add(worker);
    return 2 * worker.assignments.length < this.#depth(worker);
  }

  wantAll(pool: string): void {
    for (const worker of this.#roster.ofPool(pool)) if (worker.takesJobs) this.#hungry.add(worker);
  }

  /** Takes jobs from the queue for all that want some. */
  take(): Claim[] {
    const hungry = this.#hungry;
    this.#hungry = new Set();
    const claims: Claim[] = [];
    for (const worker of hungry) this.#fill(worker, claims);
    return claims;
  }

  #fill(worker: Worker, claims: Claim[]): void {
    if (!worker.takesJobs) return;
    const depth = this.#depth(worker);
    let frame = worker.lastFrame;
    let bytes = worker.assignments.reduce((sum, { size }) => sum + size, 0);
    for (let held = worker.assignments.length; held < depth; held++) {
      if (held > 0 && bytes >= MOST_HELD_BYTES) return;
      // What is sent ahead must leave something for those who have nothing.
      if (held > 0 && this.#queue.ready(worker.pool) < this.#roster.ofPool(worker.pool).length) return;
      const job = this.#queue.take(worker.pool, worker.labels);
      if (!job) return;
      const event: JobClaimed = {
        type: 'job.claimed',
        job: job.id,
        attempt: job.attempts + 1,
        worker: worker.id,
        launch: worker.launch,
        frame: ++frame,
      };
      const size = jobSize(job);
      bytes += size;
      claims.push({ worker, job, size, event });
    }
  }

  /** How many jobs the worker may hold: the one it computes, and what is sent ahead. */
  #depth(worker: Worker): number {
    return 1 + this.#queue.pool(worker.pool).durations.ahead(worker.profile?.prefetch ?? 0);
  }
}
