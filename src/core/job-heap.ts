/** Pending jobs in memory, the best on top: a binary heap that also knows its bytes and the worst that it may hold. */
import { jobSize } from './job-size.ts';
import type { PendingJob } from './job.ts';
import { compareLanePositions, positionOf, type LanePosition } from './lane-position.ts';

export class JobHeap {
  /** Best at index 0. */
  #jobs: PendingJob[] = [];
  #bytes = 0;
  #worst: LanePosition | undefined;

  get length(): number {
    return this.#jobs.length;
  }

  /** Of all that it holds, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get best(): PendingJob | undefined {
    return this.#jobs[0];
  }

  /** Nothing in it is worse; undefined when it is empty. */
  get worst(): LanePosition | undefined {
    return this.#worst;
  }

  push(job: PendingJob): void {
    if (!this.#worst || compareLanePositions(job, this.#worst) > 0) this.#worst = positionOf(job);
    this.#jobs.push(job);
    this.#bytes += jobSize(job);
    this.#rise(this.#jobs.length - 1);
  }

  /** Removes and returns the best job. */
  take(): PendingJob | undefined {
    const best = this.#jobs[0];
    const moved = this.#jobs.pop();
    if (best === undefined || moved === undefined) return undefined;
    this.#bytes -= jobSize(best);
    if (this.#jobs.length > 0) {
      this.#jobs[0] = moved;
      this.#sink(0);
    } else {
      this.#worst = undefined;
    }
    return best;
  }

  /** What is changed of a job's position holds from the next `restack` on. */
  forEach(change: (job: PendingJob) => void): void {
    for (const job of this.#jobs) change(job);
  }

  /** Keeps the best, so many and with so many bytes, but at least one. */
  truncate(length: number, bytes: number): void {
    const sorted = this.#jobs.sort(compareLanePositions);
    let kept = 0;
    for (let held = 0; kept < length && (kept === 0 || held < bytes); kept++) held += jobSize(sorted[kept]!);
    this.#holdOnly(sorted.slice(0, kept));
  }

  /** Keeps those that are meant; all of them are put in order anew. */
  restack(isKept: (job: PendingJob) => boolean = () => true): void {
    this.#holdOnly(this.#jobs.filter(isKept));
  }

  clear(): void {
    this.#holdOnly([]);
  }

  #holdOnly(jobs: readonly PendingJob[]): void {
    this.#jobs = [];
    this.#bytes = 0;
    this.#worst = undefined;
    for (const job of jobs) this.push(job);
  }

  #rise(start: number): void {
    const jobs = this.#jobs;
    const job = jobs[start]!;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (compareLanePositions(jobs[parent]!, job) <= 0) break;
      jobs[index] = jobs[parent]!;
      index = parent;
    }
    jobs[index] = job;
  }

  #sink(start: number): void {
    const jobs = this.#jobs;
    const job = jobs[start]!;
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= jobs.length) break;
      if (child + 1 < jobs.length && compareLanePositions(jobs[child + 1]!, jobs[child]!) < 0) child++;
      if (compareLanePositions(job, jobs[child]!) <= 0) break;
      jobs[index] = jobs[child]!;
      index = child;
    }
    jobs[index] = job;
  }
}
