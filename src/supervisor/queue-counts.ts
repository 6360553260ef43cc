/** How many jobs of each pool and batch wait, run and have ended, and how fast they end. */
import type { Clock } from '../core/clock.ts';
import { countIds, type JobGroup } from '../core/id-ranges.ts';
import type { BatchRow, JobCounts } from '../core/job-records.ts';
import type { BatchId, JobId, JobState } from '../core/job.ts';
import { DurationEstimate } from '../core/prefetch.ts';
import type { RestoredState } from '../store/restored-state.ts';
import type { Changes } from './changes.ts';
import { EndRate } from './rate.ts';

/** What the queue knows of one pool. */
export interface PoolQueue {
  name: string;
  counts: JobCounts;
  durations: DurationEstimate;
  ended: EndRate;
}

/** Jobs whose state has changed since somebody began to watch, and what it is. */
export type ChangedJobs = Map<JobId, { batch: BatchId; state: JobState }>;

export const noJobs = (): JobCounts => ({ pending: 0, running: 0, done: 0, failed: 0, cancelled: 0 });

type CountedJob = { id: JobId; pool: string; batch: BatchId };

interface Parts {
  clock: Clock;
  changes: Changes;
  /** The last job of a batch has ended. */
  onBatchFinished: (batch: BatchRow) => void;
}

export class QueueCounts {
  readonly #parts: Parts;
  readonly #pools = new Map<string, PoolQueue>();
  readonly #batches = new Map<BatchId, BatchRow>();
  /** Of the batches at work. */
  readonly #rates = new Map<BatchId, EndRate>();
  #watched: ChangedJobs | undefined;

  constructor(parts: Parts, restored: Pick<RestoredState, 'counts' | 'batches' | 'running'>) {
    this.#parts = parts;
    for (const [name, counts] of Object.entries(restored.counts)) this.pool(name).counts = counts;
    for (const batch of restored.batches) this.#batches.set(batch.id, batch);
    for (const { pool, batch } of restored.running) {
      this.pool(pool).ended.begin();
      this.#rate(batch).begin();
    }
  }

  get pools(): IterableIterator<PoolQueue> {
    return this.#pools.values();
  }

  get batches(): IterableIterator<BatchRow> {
    return this.#batches.values();
  }

  pool(name: string): PoolQueue {
    let pool = this.#pools.get(name);
    if (!pool) {
      const ended = new EndRate(this.#parts.clock);
      pool = { name, counts: noJobs(), durations: new DurationEstimate(), ended };
      this.#pools.set(name, pool);
    }
    return pool;
  }

  batch(id: BatchId): BatchRow | undefined {
    return this.#batches.get(id);
  }

  rateOf(batch: BatchId): EndRate | undefined {
    return this.#rates.get(batch);
  }

  /** A batch of which no job has begun. */
  add(batch: BatchRow): void {
    this.#batches.set(batch.id, batch);
    this.pool(batch.pool).counts.pending += batch.count;
    this.#parts.changes.batch(batch.id);
    this.#parts.changes.pool(batch.pool);
  }

  /** The batch's jobs have all ended, and stand in a file of the archives: they count no longer. */
  archive(batch: BatchRow, file: string): void {
    const { counts } = this.pool(batch.pool);
    for (const state of ['done', 'failed', 'cancelled'] as const) counts[state] -= batch.counts[state];
    this.#rates.delete(batch.id);
    // Of the crew file's, it stays known that they were worked off.
    if (batch.definition === undefined) this.#batches.delete(batch.id);
    else batch.archived = file;
    this.#parts.changes.batchRemoved(batch.id);
    this.#parts.changes.pool(batch.pool);
  }

  /** A waiting job begins to run. */
  begin(job: CountedJob): void {
    const { counts, ended } = this.pool(job.pool);
    if (counts.running === 0) ended.begin();
    if (this.#batches.get(job.batch)?.counts.running === 0) this.#rate(job.batch).begin();
    this.#move(job, 'pending', 'running');
  }

  /** An attempt has ended, and what has become of its job. */
  end(job: CountedJob, next: JobState): void {
    // A cancelled job says nothing of how fast the others get done.
    if (next === 'done' || next === 'failed') {
      this.pool(job.pool).ended.add();
      this.#rates.get(job.batch)?.add();
    }
    this.#move(job, 'running', next);
  }

  /** Counts a change of many jobs, which was recorded. */
  moveMany(groups: readonly JobGroup[], to: JobState): void {
    for (const { batch: id, state, ids } of groups) {
      const batch = this.#batches.get(id);
      if (batch) this.#count(batch.pool, batch, countIds(ids), state, to);
    }
  }

  /** From now on every change of a job's state is noted in what is returned, until `unwatch`. One watches at a time. */
  watch(): ChangedJobs {
    this.#watched = new Map();
    return this.#watched;
  }

  unwatch(): void {
    this.#watched = undefined;
  }

  #move(job: CountedJob, from: JobState, to: JobState): void {
    this.#watched?.set(job.id, { batch: job.batch, state: to });
    this.#count(job.pool, this.#batches.get(job.batch), 1, from, to);
  }

  #count(poolName: string, batch: BatchRow | undefined, jobs: number, from: JobState, to: JobState): void {
    const { clock, changes, onBatchFinished } = this.#parts;
    const pool = this.pool(poolName);
    pool.counts[from] -= jobs;
    pool.counts[to] += jobs;
    if (pool.counts.running === 0) pool.ended.rest();
    changes.pool(poolName);
    if (!batch) return;
    batch.counts[from] -= jobs;
    batch.counts[to] += jobs;
    if (batch.counts.running === 0) this.#rates.get(batch.id)?.rest();
    if (batch.counts.pending + batch.counts.running === 0) {
      batch.finishedAt = clock.now();
      onBatchFinished(batch);
      this.#rates.delete(batch.id);
    } else delete batch.finishedAt;
    changes.batch(batch.id);
  }

  #rate(batch: BatchId): EndRate {
    let rate = this.#rates.get(batch);
    if (!rate) {
      rate = new EndRate(this.#parts.clock);
      this.#rates.set(batch, rate);
    }
    return rate;
  }
}
