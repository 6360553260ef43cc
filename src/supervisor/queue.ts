/**
 * The queue as the scheduler sees it: lanes in memory over the store, counts by pool and batch. It decides which job
 * is next; who gets it is the dispatcher's matter. Every change it makes is an event appended to the store.
 */
import type { Clock } from '../core/clock.ts';
import type { BatchEnqueued, JobFinished } from '../core/events.ts';
import type { BatchId, JobId, Parameters, PendingJob } from '../core/job.ts';
import { Lane, compareLanePositions } from '../core/lane.ts';
import { matrixEntry, matrixSize } from '../core/matrix.ts';
import { DurationEstimate } from '../core/prefetch.ts';
import { routeOf } from '../core/route.ts';
import { countsAsFailure } from '../core/job-state.ts';
import type { Labels } from '../core/worker.ts';
import { routeAccepts } from '../core/route.ts';
import {
  REMEMBERED_REQUESTS,
  type AnsweredRequest,
  type BatchRow,
  type JobCounts,
  type RestoredState,
  type Store,
} from '../store/contract.ts';
import type { Changes } from './changes.ts';
import { MinuteRate } from './rate.ts';

/** What the queue knows of one pool. */
export interface PoolQueue {
  name: string;
  counts: JobCounts;
  /** By route. */
  lanes: Map<string, Lane>;
  durations: DurationEstimate;
  ended: MinuteRate;
}

export const noJobs = (): JobCounts => ({ pending: 0, running: 0, done: 0, failed: 0, cancelled: 0 });

export class Queue {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #changes: Changes;
  readonly #pools = new Map<string, PoolQueue>();
  readonly #batches = new Map<BatchId, BatchRow>();
  /** By the name that who asked gave to the request; the newest last. */
  readonly #requests = new Map<string, AnsweredRequest>();
  /** Jobs that somebody is just looking up in order to cancel them: not to be claimed meanwhile. */
  readonly #held = new Set<JobId>();
  #nextJob: JobId;
  #nextBatch: BatchId;
  #onRefilled: (pool: string) => void = () => undefined;

  constructor(store: Store, clock: Clock, changes: Changes, restored: RestoredState) {
    this.#store = store;
    this.#clock = clock;
    this.#changes = changes;
    this.#nextJob = restored.nextJob;
    this.#nextBatch = restored.nextBatch;
    for (const [name, counts] of Object.entries(restored.counts)) this.pool(name).counts = counts;
    for (const { pool, route } of restored.lanes) {
      this.pool(pool).lanes.set(route, new Lane(pool, route, 'restored'));
    }
    for (const answered of restored.requests.toReversed()) this.#requests.set(answered.request, answered);
    for (const batch of restored.batches) this.#batches.set(batch.id, batch);
  }

  /** Called with a pool's name when jobs of it came up from the store. */
  onRefilled(listener: (pool: string) => void): void {
    this.#onRefilled = listener;
  }

  pool(name: string): PoolQueue {
    let pool = this.#pools.get(name);
    if (!pool) {
      pool = {
        name,
        counts: noJobs(),
        lanes: new Map(),
        durations: new DurationEstimate(),
        ended: new MinuteRate(this.#clock),
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
    return request === undefined ? undefined : this.#requests.get(request);
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
    this.#remember(event);
    this.pool(event.pool).counts.pending += count;
    this.#offerBatch(event);
    this.#changes.batch(row.id);
    this.#changes.pool(event.pool);
    return { ...row, firstJob: event.firstJob };
  }

  /** The best job that a worker with these labels may take; it leaves the lane. */
  take(poolName: string, labels: Labels): PendingJob | undefined {
    const pool = this.pool(poolName);
    let best: Lane | undefined;
    for (const lane of pool.lanes.values()) {
      const candidate = lane.peek();
      // An answer of the store may have held nothing that could be used, while better jobs had come back meanwhile.
      if (!candidate && lane.needsRefill) this.#refill(lane);
      if (!candidate || (lane.route !== '' && !routeAccepts(lane.route, labels))) continue;
      const leader = best?.peek();
      if (!leader || compareLanePositions(candidate, leader) < 0) best = lane;
    }
    const job = best?.take();
    if (best?.needsRefill) this.#refill(best);
    if (job && this.#held.has(job.id)) {
      const next = this.take(poolName, labels);
      this.#offer(job);
      return next;
    }
    return job;
  }

  /** A job that was taken and not claimed: it is as it was. */
  giveBack(job: PendingJob): void {
    this.#offer(job);
  }

  /** Fills up the lanes that have nothing in memory, for a start on a restored queue. */
  refillAll(): void {
    for (const pool of this.#pools.values()) {
      for (const lane of pool.lanes.values()) if (lane.needsRefill) this.#refill(lane);
    }
  }

  /** Jobs in memory that could be claimed now. */
  ready(poolName: string): number {
    let ready = 0;
    for (const lane of this.pool(poolName).lanes.values()) ready += lane.size;
    return ready;
  }

  claimed(job: PendingJob): void {
    const { counts, ended } = this.pool(job.pool);
    if (counts.running === 0) ended.begin();
    this.#move(job, 'pending', 'running');
  }

  /** Appends the end of an attempt; a job that is tried again goes back into its lane. */
  finished(job: PendingJob, event: JobFinished): void {
    this.#store.append(event);
    this.#move(job, 'running', event.next);
    const pool = this.pool(job.pool);
    if (event.next !== 'pending') pool.ended.add();
    else {
      job.attempts = event.attempt;
      if (countsAsFailure(event.outcome)) job.failures++;
      this.#offer(job);
    }
  }

  /** Cancels a job that is pending; false when it is not (any longer). */
  async cancelPending(id: JobId, reason: string): Promise<boolean> {
    if (!Number.isSafeInteger(id)) return false;
    if (this.#held.has(id)) return false;
    this.#held.add(id);
    try {
      const row = await this.#store.query('job', { job: id });
      if (row?.state !== 'pending') return false;
      this.#store.record([{ type: 'job.cancelled', job: id, reason }]);
      for (const lane of this.pool(row.pool).lanes.values()) lane.withdraw(id);
      this.#move(row, 'pending', 'cancelled');
      return true;
    } finally {
      this.#held.delete(id);
    }
  }

  #remember({ request, batch, name, pool, count, firstJob }: BatchEnqueued): void {
    if (request === undefined) return;
    this.#requests.set(request, { request, batch, name, pool, count, firstJob });
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > REMEMBERED_REQUESTS) this.#requests.delete(oldest!);
  }

  #move(job: { pool: string; batch: BatchId }, from: keyof JobCounts, to: keyof JobCounts): void {
    const { counts } = this.pool(job.pool);
    counts[from]--;
    counts[to]++;
    this.#changes.pool(job.pool);
    const batch = this.#batches.get(job.batch);
    if (!batch) return;
    batch.counts[from]--;
    batch.counts[to]++;
    if (batch.counts.pending === 0 && batch.counts.running === 0) batch.finishedAt = this.#clock.now();
    this.#changes.batch(job.batch);
  }

  #lane(pool: string, route: string): Lane {
    const { lanes } = this.pool(pool);
    let lane = lanes.get(route);
    if (!lane) {
      lane = new Lane(pool, route);
      lanes.set(route, lane);
    }
    return lane;
  }

  #offer(job: PendingJob): boolean {
    return this.#lane(job.pool, job.route).offer(job);
  }

  /** Offers the jobs until memory holds enough; without routes, the first one turned away ends it. */
  #offerBatch(event: BatchEnqueued): void {
    const { source } = event;
    const full = new Set<string>();
    for (let index = 0; index < event.count; index++) {
      const parameters =
        'matrix' in source ? matrixEntry(source.matrix, index, source.base) : (source.rows[index] ?? {});
      const route = routeOf(parameters, event.match);
      if (full.has(route)) continue;
      if (!this.#offer(pendingJob(event, index, parameters, route))) {
        if (event.match.length === 0) return;
        full.add(route);
      }
    }
  }

  #refill(lane: Lane): void {
    const { after, ...limits } = lane.beginRefill();
    this.#store
      .query('pendingHead', { pool: lane.pool, route: lane.route, ...limits, ...(after ? { after } : {}) })
      .then(
        (head) => {
          lane.endRefill(head);
          this.#onRefilled(lane.pool);
        },
        // The store reports its own failure; the lane is asked for again with the next claim.
        () => lane.failRefill(),
      );
  }
}

function pendingJob(event: BatchEnqueued, index: number, parameters: Parameters, route: string): PendingJob {
  return {
    id: event.firstJob + index,
    batch: event.batch,
    pool: event.pool,
    route,
    task: event.task,
    priority: event.priority,
    parameters,
    attempts: 0,
    failures: 0,
    maxAttempts: event.maxAttempts,
    timeout: event.timeout,
  };
}
