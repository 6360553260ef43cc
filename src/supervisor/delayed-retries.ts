/**
 * Jobs that are tried again after a delay. They are pending, but no lane holds them before their time: then they are offered.
 * One timer serves them all.
 */
import type { Clock } from '../core/clock.ts';
import { DelayedJobs } from '../core/delayed-jobs.ts';
import type { JobId, PendingJob } from '../core/job.ts';
import { jobSize } from '../core/job-size.ts';
import { retryDelay, type Backoff } from '../core/retry-delay.ts';

/**
 * With so many waiting, or so many bytes of them, what fails is tried again at once: memory is bounded, and the machine is busy
 * with failures anyway.
 */
const MOST_DELAYED = 100_000;
const MOST_HELD = 64 * 1024 * 1024;
/** Milliseconds; a timer of more than 24 days would go off at once. */
const LONGEST_TIMER = 3_600_000;

export class DelayedRetries {
  readonly #clock: Clock;
  readonly #backoff: (pool: string) => Backoff;
  readonly #onDue: (jobs: readonly PendingJob[]) => void;
  /** By the time at which they are due, on the clock that never goes back. */
  readonly #jobs = new DelayedJobs();
  readonly #counts = new Map<string, number>();
  /** Bytes of them, about. */
  #held = 0;
  #cancelTimer: () => void = () => undefined;
  #timerDue = Infinity;

  constructor(
    clock: Clock,
    backoff: (pool: string) => Backoff,
    onDue: (jobs: readonly PendingJob[]) => void,
  ) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#onDue = onDue;
  }

  /** When a job may be tried again whose attempt failed `now`; undefined: at once. */
  timeFor(job: PendingJob, attempt: number, now: number): number | undefined {
    if (this.#jobs.size >= MOST_DELAYED || this.#held + jobSize(job) > MOST_HELD) return undefined;
    const failed = { job: job.id, attempt, failures: job.failures + 1 };
    const delay = retryDelay(failed, this.#backoff(job.pool));
    return delay === 0 ? undefined : now + delay;
  }

  /** Takes the job in until its time comes; false when it has come. */
  hold(job: PendingJob, notBefore: number): boolean {
    const { base, max } = this.#backoff(job.pool);
    // Never longer than a delay can be, whatever the wall clock was set to meanwhile.
    const left = Math.min(notBefore - this.#clock.now(), 1000 * Math.max(base, max));
    if (left <= 0) return false;
    this.#jobs.add(job, this.#clock.monotonic() + left);
    this.#count(job, 1);
    this.#setTimer();
    return true;
  }

  has(id: JobId): boolean {
    return this.#jobs.has(id);
  }

  count(pool: string): number {
    return this.#counts.get(pool) ?? 0;
  }

  /** Of a pool, with the seconds until each is due. */
  waits(pool: string): { job: PendingJob; seconds: number }[] {
    const now = this.#clock.monotonic();
    return this.#jobs
      .delays()
      .filter(({ job }) => job.pool === pool)
      .map(({ job, due }) => ({ job, seconds: Math.max(0, due - now) / 1000 }));
  }

  forEach(change: (job: PendingJob) => void): void {
    for (const job of this.#jobs.all()) change(job);
  }

  remove(pool: string, isMeant: (job: PendingJob) => boolean): void {
    for (const job of this.#jobs.all()) {
      if (job.pool !== pool || !isMeant(job)) continue;
      this.#jobs.remove(job.id);
      this.#count(job, -1);
    }
  }

  #count(job: PendingJob, change: 1 | -1): void {
    const { pool } = job;
    this.#held += change * jobSize(job);
    const count = this.count(pool) + change;
    if (count === 0) this.#counts.delete(pool);
    else this.#counts.set(pool, count);
  }

  #setTimer(): void {
    const due = this.#jobs.nextDue;
    if (due === undefined || due >= this.#timerDue) return;
    this.#cancelTimer();
    this.#timerDue = due;
    const wait = Math.max(0, due - this.#clock.monotonic());
    this.#cancelTimer = this.#clock.after(Math.min(wait, LONGEST_TIMER), () => this.#ring());
  }

  #ring(): void {
    this.#timerDue = Infinity;
    const due = this.#jobs.takeDue(this.#clock.monotonic());
    for (const job of due) this.#count(job, -1);
    this.#setTimer();
    if (due.length > 0) this.#onDue(due);
  }
}
