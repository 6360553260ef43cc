/**
 * The queue as the scheduler sees it: lanes in memory over the store, counts by pool and batch. It decides which job
 * is next; who gets it is the dispatcher's matter. Every change it makes is an event appended to the store.
 */
import type { Clock } from '../core/clock.ts';
import type { BatchEnqueued, JobFinished } from '../core/events.ts';
import { countIds, type JobGroup } from '../core/id-ranges.ts';
import type { AttemptOutcome, BatchId, JobId, JobState, PendingJob } from '../core/job.ts';
import { matrixSize } from '../core/matrix.ts';
import { DurationEstimate } from '../core/prefetch.ts';
import { countsAsFailure } from '../core/job-state.ts';
import { backoffOf } from '../core/pool.ts';
import type { Labels } from '../core/worker.ts';
import type { Store } from '../store/contract.ts';
import type { AnsweredRequest, RestoredState } from '../store/restored-state.ts';
import type { BatchRow, JobCounts } from '../core/job-records.ts';
import { AnsweredRequests } from './answered-requests.ts';
import type { EndListener } from './end-listener.ts';
import type { Changes } from './changes.ts';
import { DelayedRetries } from './delayed-retries.ts';
import { Lanes } from './lanes.ts';
import type { PoolRegister } from './pool-register.ts';
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

export class Queue {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #changes: Changes;
  readonly #pools = new Map<string, PoolQueue>();
  readonly #batches = new Map<BatchId, BatchRow>();
  /** Of the batches at work. */
  readonly #rates = new Map<BatchId, EndRate>();
  readonly #retries: DelayedRetries;
  readonly #lanes: Lanes;
  #watched: ChangedJobs | undefined;
  readonly #requests: AnsweredRequests;
  #nextJob: JobId;
  #nextBatch: BatchId;
  #onRefilled: (pool: string) => void = () => undefined;
  #endListener: EndListener | undefined;

  constructor(
    store: Store,
    clock: Clock,
    changes: Changes,
    restored: RestoredState,
    pools: Pick<PoolRegister, 'settings'> = { settings: () => undefined },
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#changes = changes;
    this.#lanes = new Lanes({
      store,
      isDelayed: (job) => this.#retries.has(job),
      onRefilled: (pool) => this.#onRefilled(pool),
    });
    this.#nextJob = restored.nextJob;
    this.#nextBatch = restored.nextBatch;
    for (const [name, counts] of Object.entries(restored.counts)) this.pool(name).counts = counts;
    for (const { pool, route } of restored.lanes) this.#lanes.restore(pool, route);
    this.#requests = new AnsweredRequests(restored.requests);
    for (const batch of restored.batches) this.#batches.set(batch.id, batch);
    this.#retries = new DelayedRetries(
      clock,
      (pool) => backoffOf(pools.settings(pool)),
      (due) => this.#offerDue(due),
    );
    for (const { notBefore, ...job } of restored.delayed) this.#retries.hold(job, notBefore);
    for (const { pool, batch } of restored.running) {
      this.pool(pool).ended.begin();
      this.#rate(batch).begin();
    }
  }

  /** Called with a pool's name when jobs of it came up from the store, or are to be tried again now. */
  onRefilled(listener: (pool: string) => void): void {
    this.#onRefilled = listener;
  }

  onEnded(listener: EndListener): void {
    this.#endListener = listener;
  }

  /** Its jobs stand in this file of the archives: they count no longer, and are removed from now on. */
  archive(id: BatchId, file: string): void {
    const batch = this.#batches.get(id);
    if (!batch) return;
    this.#store.append({ type: 'batch.archived', batch: id, file });
    const { counts } = this.pool(batch.pool);
    for (const state of ['done', 'failed', 'cancelled'] as const) counts[state] -= batch.counts[state];
    // Of the crew file's, it stays known that they were worked off.
    this.#rates.delete(id);
    if (batch.definition === undefined) this.#batches.delete(id);
    else batch.archived = file;
    this.#changes.batchRemoved(id);
    this.#changes.pool(batch.pool);
  }

  pool(name: string): PoolQueue {
    let pool = this.#pools.get(name);
    if (!pool) {
      pool = {
        name,
        counts: noJobs(),
        durations: new DurationEstimate(),
        ended: new EndRate(this.#clock),
      };
      this.#pools.set(name, pool);
    }
    return pool;
  }

  get pools(): IterableIterator<PoolQueue> {
    return this.#pools.values();
  }

  get batches(): IterableIterator<BatchRow> {
    return this.#batches.values();
  }

  batch(id: BatchId): BatchRow | undefined {
    return this.#batches.get(id);
  }

  /** What a request was answered with before, if it is one that was: its answer was lost, and it is asked again. */
  answered(request: string | undefined): AnsweredRequest | undefined {
    return this.#requests.of(request);
  }

  /**
   * Writes the batch down and makes its jobs claimable; a disk that refuses leaves no trace of it. The caller flushes before
   * it acknowledges.
   */
  enqueue(
    request: Omit<BatchEnqueued, 'type' | 'batch' | 'firstJob' | 'count'>,
  ): BatchRow & { firstJob: JobId } {
    const count = 'matrix' in request.source ? matrixSize(request.source.matrix) : request.source.rows.length;
    const event: BatchEnqueued = {
      type: 'batch.enqueued',
      ...request,
      batch: this.#nextBatch,
      firstJob: this.#nextJob,
      count,
    };
    this.#store.record([event]);
    this.#nextBatch++;
    this.#nextJob += count;
    const row: BatchRow = {
      id: event.batch,
      name: event.name,
      pool: event.pool,
      task: event.task,
      enqueuedAt: this.#clock.now(),
      count,
      counts: { ...noJobs(), pending: count },
      ...(event.definition === undefined ? {} : { definition: event.definition }),
    };
    this.#batches.set(row.id, row);
    this.#requests.remember(event);
    this.pool(event.pool).counts.pending += count;
    this.#lanes.offerBatch(event);
    this.#changes.batch(row.id);
    this.#changes.pool(event.pool);
    return { ...row, firstJob: event.firstJob };
  }

  /** The best job that a worker with these labels may take; it leaves the queue. */
  take(pool: string, labels: Labels): PendingJob | undefined {
    return this.#lanes.take(pool, labels);
  }

  /** A job that was taken and not claimed: it is as it was. */
  giveBack(job: PendingJob): void {
    this.#lanes.offer(job);
  }

  /** Brings jobs into memory, for a start on a restored queue. */
  refillAll(): void {
    this.#lanes.refillAll();
  }

  /** Jobs in memory that could be claimed now. */
  ready(pool: string): number {
    return this.#lanes.ready(pool);
  }

  claimed(job: PendingJob): void {
    const { counts, ended } = this.pool(job.pool);
    if (counts.running === 0) ended.begin();
    const batch = this.#batches.get(job.batch);
    if (batch?.counts.running === 0) this.#rate(job.batch).begin();
    this.#move(job, 'pending', 'running');
  }

  /** When a job may be tried again whose attempt ends so; undefined: at once, or not at all. */
  retryAt(job: PendingJob, attempt: number, outcome: AttemptOutcome, now: number): number | undefined {
    return countsAsFailure(outcome) ? this.#retries.timeFor(job, attempt, now) : undefined;
  }

  /** Appends the end of an attempt; a job that is tried again goes back into its lane, now or later. */
  finished(job: PendingJob, event: JobFinished): void {
    this.#store.append(event);
    const pool = this.pool(job.pool);
    // A cancelled job says nothing of how fast the others get done.
    if (event.next === 'done' || event.next === 'failed') {
      pool.ended.add();
      this.#rates.get(job.batch)?.add();
    } else if (event.next === 'pending') {
      job.attempts = event.attempt;
      if (countsAsFailure(event.outcome)) job.failures++;
      if (event.notBefore === undefined || !this.#retries.hold(job, event.notBefore)) this.#lanes.offer(job);
    }
    this.#move(job, 'running', event.next);
    if (event.next !== 'failed') return;
    const batchName = this.#batches.get(job.batch)?.name ?? '';
    this.#endListener?.jobFailed(job, batchName, event.error?.message ?? event.outcome);
  }

  /** Jobs that end a minute. */
  rateOf(batch: BatchId): EndRate | undefined {
    return this.#rates.get(batch);
  }

  /** Jobs that wait for another try. */
  get retries(): Pick<DelayedRetries, 'count' | 'has' | 'waits'> {
    return this.#retries;
  }

  /** From now on every change of a job's state is noted in what is returned, until `unwatch`. One watches at a time. */
  watch(): ChangedJobs {
    this.#watched = new Map();
    return this.#watched;
  }

  unwatch(): void {
    this.#watched = undefined;
  }

  /** Counts a change of many jobs, which was recorded. */
  moveMany(groups: readonly JobGroup[], to: JobState): void {
    for (const { batch: id, state, ids } of groups) {
      const batch = this.#batches.get(id);
      if (batch) this.#count(batch.pool, batch, countIds(ids), state, to);
    }
  }

  /** Waiting jobs that were cancelled are not given out any more. */
  withdrawMany(pools: Iterable<string>, isMeant: (job: PendingJob) => boolean): void {
    for (const name of pools) {
      this.#lanes.withdraw(name, isMeant);
      this.#retries.remove(name, isMeant);
    }
  }

  /** Waiting jobs have another priority from now on; and the lanes of their pools another order. */
  reprioritiseMany(pools: Iterable<string>, isMeant: (job: PendingJob) => boolean, priority: number): void {
    const change = (job: PendingJob): void => {
      if (isMeant(job)) job.priority = priority;
    };
    for (const name of pools) {
      this.#retries.forEach(change);
      this.#lanes.reorder(name, change);
    }
  }

  /** Jobs of these pools have become pending in the store, perhaps in routes that have no lane any more. */
  reloadWith(pools: Iterable<string>): void {
    for (const pool of pools) this.#lanes.reload(pool);
  }

  #move(job: { id: JobId; pool: string; batch: BatchId }, from: JobState, to: JobState): void {
    this.#watched?.set(job.id, { batch: job.batch, state: to });
    this.#count(job.pool, this.#batches.get(job.batch), 1, from, to);
  }

  #count(poolName: string, batch: BatchRow | undefined, jobs: number, from: JobState, to: JobState): void {
    const pool = this.pool(poolName);
    pool.counts[from] -= jobs;
    pool.counts[to] += jobs;
    if (pool.counts.running === 0) pool.ended.rest();
    this.#changes.pool(poolName);
    if (!batch) return;
    batch.counts[from] -= jobs;
    batch.counts[to] += jobs;
    if (batch.counts.running === 0) this.#rates.get(batch.id)?.rest();
    if (batch.counts.pending + batch.counts.running === 0) {
      batch.finishedAt = this.#clock.now();
      this.#endListener?.batchFinished(batch);
      this.#rates.delete(batch.id);
    } else delete batch.finishedAt;
    this.#changes.batch(batch.id);
  }

  #rate(batch: BatchId): EndRate {
    let rate = this.#rates.get(batch);
    if (!rate) {
      rate = new EndRate(this.#clock);
      this.#rates.set(batch, rate);
    }
    return rate;
  }

  #offerDue(jobs: readonly PendingJob[]): void {
    for (const job of jobs) this.#lanes.offer(job);
    for (const pool of new Set(jobs.map((job) => job.pool))) {
      this.#changes.pool(pool);
      this.#onRefilled(pool);
    }
  }
}
