/**
 * The pending jobs of every pool, in lanes by route: the first of each in memory, the rest in the store, from which a lane that runs
 * low is filled up.
 */
import type { BatchEnqueued } from '../core/events.ts';
import type { JobId, PendingJob } from '../core/job.ts';
import { compareLanePositions } from '../core/lane-position.ts';
import { Lane } from '../core/lane.ts';
import { matrixEntry } from '../core/matrix.ts';
import { routeAccepts, routeOf } from '../core/route.ts';
import type { Labels } from '../core/worker.ts';
import type { Store } from '../store/contract.ts';
import { pendingJob } from './pending-job.ts';

interface Parts {
  store: Pick<Store, 'query'>;
  /** Such a job waits for its time, and is in no lane. */
  isDelayed: (job: JobId) => boolean;
  /** Jobs of the pool came up from the store. */
  onRefilled: (pool: string) => void;
}

export class Lanes {
  readonly #parts: Parts;
  readonly #pools = new Map<string, Map<string, Lane>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A lane whose jobs are all in the store. */
  restore(pool: string, route: string): void {
    this.#of(pool).set(route, new Lane(pool, route, 'restored'));
  }

  /** Fills up the lanes that have nothing in memory, for a start on a restored queue. */
  refillAll(): void {
    for (const lanes of this.#pools.values()) {
      for (const lane of lanes.values()) if (lane.needsRefill) this.#refill(lane);
    }
  }

  /** The best job that a worker with these labels may take; it leaves the lane. */
  take(pool: string, labels: Labels): PendingJob | undefined {
    let best: Lane | undefined;
    for (const lane of this.#of(pool).values()) {
      const candidate = lane.peek();
      // An answer of the store may have held nothing that could be used, while better jobs had come back meanwhile.
      if (!candidate && lane.needsRefill) this.#refill(lane);
      if (!candidate || (lane.route !== '' && !routeAccepts(lane.route, labels))) continue;
      const leader = best?.peek();
      if (!leader || compareLanePositions(candidate, leader) < 0) best = lane;
    }
    const job = best?.take();
    if (best?.needsRefill) this.#refill(best);
    return job;
  }

  /** Jobs in memory that could be claimed now. */
  ready(pool: string): number {
    let ready = 0;
    for (const lane of this.#of(pool).values()) ready += lane.size;
    return ready;
  }

  /** Returns false when memory holds enough of its lane; the store has it. */
  offer(job: PendingJob): boolean {
    return this.#lane(job.pool, job.route).offer(job);
  }

  /** Offers the jobs until memory holds enough; without routes, the first one turned away ends it. */
  offerBatch(event: BatchEnqueued): void {
    const { source } = event;
    const full = new Set<string>();
    for (let index = 0; index < event.count; index++) {
      const parameters =
        'matrix' in source ? matrixEntry(source.matrix, index, source.base) : (source.rows[index] ?? {});
      const route = routeOf(parameters, event.match);
      if (full.has(route)) continue;
      if (!this.offer(pendingJob(event, index, parameters, route))) {
        if (event.match.length === 0) return;
        full.add(route);
      }
    }
  }

  /** Jobs that are pending no longer are not given out any more. */
  withdraw(pool: string, isMeant: (job: PendingJob) => boolean): void {
    for (const lane of this.#of(pool).values()) lane.withdraw(isMeant);
  }

  /** Jobs in memory are changed, and the lanes have another order in the store. */
  reorder(pool: string, change: (job: PendingJob) => void): void {
    for (const lane of this.#of(pool).values()) lane.forEach(change);
    this.#reload(pool);
  }

  /** Jobs of the pool have become pending in the store, perhaps in routes that have no lane any more. */
  reload(pool: string): void {
    this.#reload(pool);
    this.#parts.store.query('routes', { pool }).then(
      (routes) => {
        const lanes = this.#of(pool);
        for (const route of routes) {
          if (!lanes.has(route)) this.restore(pool, route);
          const lane = lanes.get(route)!;
          if (lane.needsRefill) this.#refill(lane);
        }
      },
      // The store reports its own failure; the next supervisor begins with all routes.
      () => undefined,
    );
  }

  #reload(pool: string): void {
    for (const lane of this.#of(pool).values()) {
      lane.reload();
      this.#refill(lane);
    }
  }

  #refill(lane: Lane): void {
    const refill = lane.beginRefill();
    const { after, limit, size } = refill.question;
    const { store, isDelayed, onRefilled } = this.#parts;
    store
      .query('pendingHead', { pool: lane.pool, route: lane.route, limit, size, ...(after ? { after } : {}) })
      .then(
        (head) => {
          lane.endRefill(refill, head, isDelayed);
          onRefilled(lane.pool);
        },
        // The store reports its own failure; the lane is asked for again with the next claim.
        () => lane.failRefill(refill),
      );
  }

  #of(pool: string): Map<string, Lane> {
    let lanes = this.#pools.get(pool);
    if (!lanes) {
      lanes = new Map();
      this.#pools.set(pool, lanes);
    }
    return lanes;
  }

  #lane(pool: string, route: string): Lane {
    const lanes = this.#of(pool);
    let lane = lanes.get(route);
    if (!lane) {
      lane = new Lane(pool, route);
      lanes.set(route, lane);
    }
    return lane;
  }
}
