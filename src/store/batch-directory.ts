/**
 * The batches in memory: which batch a job belongs to, and how many of its jobs are in each state. Jobs of a batch have
 * consecutive ids, so a job's batch is found without a look at the database, and totals need no scan of a million rows.
 *
 * About 150 bytes a batch. The counts are written to the table `batches` once for many events (`takeChanged`).
 */
import type { BatchId, JobId, JobState } from '../core/job.ts';
import type { JobCounts } from '../core/job-records.ts';
import { InvariantError } from './invariant-error.ts';

export interface BatchEntry {
  readonly id: BatchId;
  readonly pool: string;
  readonly firstJob: JobId;
  readonly jobCount: number;
  readonly counts: JobCounts;
  /** When the last of its jobs ended; undefined while one is pending or running. */
  finishedAt: number | undefined;
}

export class BatchDirectory {
  /** By first job, which is also by id. */
  readonly #entries: BatchEntry[] = [];
  readonly #changed = new Set<BatchEntry>();
  /** Consecutive events mostly concern the same batch. */
  #recent: BatchEntry | undefined;

  get entries(): readonly BatchEntry[] {
    return this.#entries;
  }

  /** Forgets all, to be filled from the tables again. */
  clear(): void {
    this.#entries.length = 0;
    this.#changed.clear();
    this.#recent = undefined;
  }

  add(entry: BatchEntry): void {
    this.#entries.push(entry);
  }

  /** Its jobs are gone, or are about to go. */
  remove(entry: BatchEntry): void {
    this.#entries.splice(this.#reaching((candidate) => candidate.firstJob <= entry.firstJob) - 1, 1);
    this.#changed.delete(entry);
    if (this.#recent === entry) this.#recent = undefined;
  }

  find(batch: BatchId): BatchEntry | undefined {
    return this.#last(
      (entry) => entry.id <= batch,
      (entry) => entry.id === batch,
    );
  }

  of(job: JobId): BatchEntry {
    const recent = this.#recent;
    if (recent && contains(recent, job)) return recent;
    const entry = this.#last(
      (candidate) => candidate.firstJob <= job,
      (candidate) => contains(candidate, job),
    );
    if (!entry) throw new InvariantError(`job ${job} belongs to no batch`);
    this.#recent = entry;
    return entry;
  }

  /** Counts a job's change of state. */
  move(job: JobId, from: JobState, to: JobState, at: number): void {
    this.moveMany(this.of(job), 1, from, to, at);
  }

  /** Counts the same change of several jobs of a batch. */
  moveMany(entry: BatchEntry, jobs: number, from: JobState, to: JobState, at: number): void {
    const counts = entry.counts;
    counts[from] -= jobs;
    counts[to] += jobs;
    entry.finishedAt = counts.pending + counts.running === 0 ? at : undefined;
    this.#changed.add(entry);
  }

  /** The batches whose counts have changed since the last call. */
  takeChanged(): BatchEntry[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** The last entry for which `reaches` holds (it holds for a prefix of them), if it `matches`. */
  #last(
    reaches: (entry: BatchEntry) => boolean,
    matches: (entry: BatchEntry) => boolean,
  ): BatchEntry | undefined {
    const entry = this.#entries[this.#reaching(reaches) - 1];
    return entry && matches(entry) ? entry : undefined;
  }

  /** For how many entries `reaches` holds. */
  #reaching(reaches: (entry: BatchEntry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reaches(this.#entries[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function contains(entry: BatchEntry, job: JobId): boolean {
  return job >= entry.firstJob && job < entry.firstJob + entry.jobCount;
}
