/** Jobs that wait for a moment, given back when it has come: a binary heap by time, so that a hundred thousand cost little. */
import type { JobId, PendingJob } from './job.ts';

interface Delay {
  job: PendingJob;
  due: number;
}

export class DelayedJobs {
  readonly #jobs = new Map<JobId, Delay>();
  /** By time, soonest at index 0. One whose job is not in `#jobs` with the same object has been taken out. */
  readonly #heap: Delay[] = [];

  get size(): number {
    return this.#jobs.size;
  }

  /** When the next one is due; undefined when none waits. */
  get nextDue(): number | undefined {
    this.#dropTakenOut();
    return this.#heap[0]?.due;
  }

  has(id: JobId): boolean {
    return this.#jobs.has(id);
  }

  all(): PendingJob[] {
    return this.delays().map(({ job }) => job);
  }

  delays(): Readonly<Delay>[] {
    return [...this.#jobs.values()];
  }

  add(job: PendingJob, due: number): void {
    const delay = { job, due };
    this.#jobs.set(job.id, delay);
    this.#heap.push(delay);
    this.#rise();
  }

  remove(id: JobId): PendingJob | undefined {
    const delay = this.#jobs.get(id);
    this.#jobs.delete(id);
    return delay?.job;
  }

  /** Takes out those whose time has come, soonest first. */
  takeDue(now: number): PendingJob[] {
    const due: PendingJob[] = [];
    for (let next = this.nextDue; next !== undefined && next <= now; next = this.nextDue) {
      const { job } = this.#heap[0]!;
      this.#jobs.delete(job.id);
      due.push(job);
    }
    return due;
  }

  #dropTakenOut(): void {
    for (let first = this.#heap[0]; first && this.#jobs.get(first.job.id) !== first; first = this.#heap[0]) {
      const moved = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      this.#heap[0] = moved;
      this.#sink();
    }
  }

  #rise(): void {
    const heap = this.#heap;
    let index = heap.length - 1;
    const delay = heap[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.due <= delay.due) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = delay;
  }

  #sink(): void {
    const heap = this.#heap;
    const delay = heap[0]!;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.due < heap[child]!.due) child++;
      if (delay.due <= heap[child]!.due) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = delay;
  }
}
