/**
 * The queue as the scheduler sees it: lanes in memory over the store, retries that wait for their time, counts. It decides which job
 * is next; who gets it is the dispatcher's matter. Every change it makes is an event appended to the store.
 */
import type { Clock } from '../core/clock.ts';
import type { BatchEnqueued, JobFinished } from '../core/events.ts';
import type { JobGroup } from '../core/id-ranges.ts';
import type { AttemptOutcome, BatchId, JobId, JobState, PendingJob } from '../core/job.ts';
import { matrixSize } from '../core/matrix.ts';
import { countsAsFailure } from '../core/job-state.ts';
import { backoffOf } from '../core/pool.ts';
import type { Labels } from '../core/worker.ts';
import type { Store } from '../store/contract.ts';
import type { AnsweredRequest, RestoredState } from '../store/restored-state.ts';
import type { BatchRow } from '../core/job-records.ts';
import { AnsweredRequests } from './answered-requests.ts';
import type { EndListener } from './end-listener.ts';
import type { Changes } from './changes.ts';
import { DelayedRetries } from './delayed-retries.ts';
import { Lanes } from './lanes.ts';
import type { PoolRegister } from './pool-register.ts';
import { noJobs, QueueCounts, type ChangedJobs, type PoolQueue } from './queue-counts.ts';
import type { EndRate } from './rate.ts';

export class Queue {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #changes: Changes;
  readonly #counts: QueueCounts;
  readonly #retries: DelayedRetries;
  readonly #lanes: Lanes;
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
    const onBatchFinished = (batch: BatchRow): void => this.#endListener?.batchFinished(batch);
    this.#counts = new QueueCounts({ clock, changes, onBatchFinished }, restored);
    this.#lanes = new Lanes({
      store,
      isDelayed: (job) => this.#retries.has(job),
      onRefilled: (pool) => this.#onRefilled(pool),
    });
    this.#nextJob = restored.nextJob;
    this.#nextBatch = restored.nextBatch;
    for (const { pool, route } of restored.lanes) this.#lanes.restore(pool, route);
    this.#requests = new AnsweredRequests(restored.requests);
    this.#retries = new DelayedRetries(
      clock,
      (pool) => backoffOf(pools.settings(pool)),
      (due) => this.#offerDue(due),
    );
    for (const { notBefore, ...job } of restored.delayed) this.#retries.hold(job, notBefore);
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
    const batch = this.batch(id);
    if (!batch) return;
    this.#store.append({ type: 'batch.archived', batch: id, file });
    this.#counts.archive(batch, file);
  }

  pool(name: string): PoolQueue {
    return this.#counts.pool(name);
  }

  get pools(): IterableIterator<PoolQueue> {
    return this.#counts.pools;
  }

  get batches(): IterableIterator<BatchRow> {
    return this.#counts.batches;
  }

  batch(id: BatchId): BatchRow | undefined {
    return this.#counts.batch(id);
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
    this.#counts.add(row);
    this.#requests.remember(event);
    this.#lanes.offerBatch(event);
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
    this.#counts.begin(job);
  }

  /** When a job may be tried again whose attempt ends so; undefined: at once, or not at all. */
  retryAt(job: PendingJob, attempt: number, outcome: AttemptOutcome, now: number): number | undefined {
    return countsAsFailure(outcome) ? this.#retries.timeFor(job, attempt, now) : undefined;
  }

  /** Appends the end of an attempt; a job that is tried again goes back into its lane, now or later. */
  finished(job: PendingJob, event: JobFinished): void {
    this.#store.append(event);
    if (event.next === 'pending') {
      job.attempts = event.attempt;
      if (countsAsFailure(event.outcome)) job.failures++;
      if (event.notBefore === undefined || !this.#retries.hold(job, event.notBefore)) this.#lanes.offer(job);
    }
    this.#counts.end(job, event.next);
    if (event.next !== 'failed') return;
    const batchName = this.batch(job.batch)?.name ?? '';
    this.#endListener?.jobFailed(job, batchName, event.error?.message ?? event.outcome);
  }

  /** Jobs that end a minute. */
  rateOf(batch: BatchId): EndRate | undefined {
    return this.#counts.rateOf(batch);
  }

  /** Jobs that wait for another try. */
  get retries(): Pick<DelayedRetries, 'count' | 'has' | 'waits'> {
    return this.#retries;
  }

  /** From now on every change of a job's state is noted in what is returned, until `unwatch`. One watches at a time. */
  watch(): ChangedJobs {
    return this.#counts.watch();
  }

  unwatch(): void {
    this.#counts.unwatch();
  }

  /** Counts a change of many jobs, which was recorded. */
  moveMany(groups: readonly JobGroup[], to: JobState): void {
    this.#counts.moveMany(groups, to);
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

  #offerDue(jobs: readonly PendingJob[]): void {
    for (const job of jobs) this.#lanes.offer(job);
    for (const pool of new Set(jobs.map((job) => job.pool))) {
      this.#changes.pool(pool);
      this.#onRefilled(pool);
    }
  }
}
