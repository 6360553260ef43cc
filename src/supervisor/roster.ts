/** The registry of workers: who there is, in which state, and every transition with its reason. */
import type { Clock } from '../core/clock.ts';
import type { JobId } from '../core/job.ts';
import { isLive, mayBecome } from '../core/worker-state.ts';
import type { Labels, WorkerId, WorkerState } from '../core/worker.ts';
import type { Handle } from '../keeper/contract.ts';
import type { Store } from '../store/contract.ts';
import type { Changes } from './changes.ts';
import { Worker } from './worker.ts';

export class Roster {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #changes: Changes;
  readonly #workers = new Map<WorkerId, Worker>();
  readonly #byHandle = new Map<Handle, { worker: Worker; launch: number }>();
  readonly #byPool = new Map<string, Worker[]>();
  /** Which worker has which job, running or waiting at it. */
  readonly assigned = new Map<JobId, Worker>();
  readonly #listeners: ((worker: Worker) => void)[] = [];

  constructor(store: Store, clock: Clock, changes: Changes) {
    this.#store = store;
    this.#clock = clock;
    this.#changes = changes;
  }

  /** Calls `listener` after every transition. */
  onTransition(listener: (worker: Worker) => void): void {
    this.#listeners.push(listener);
  }

  get all(): IterableIterator<Worker> {
    return this.#workers.values();
  }

  get(id: WorkerId): Worker | undefined {
    return this.#workers.get(id);
  }

  /** The worker whose present launch this process is. One of an earlier launch is nobody's. */
  byHandle(handle: Handle): Worker | undefined {
    const held = this.#byHandle.get(handle);
    return held?.launch === held?.worker.launch ? held?.worker : undefined;
  }

  ofPool(pool: string): readonly Worker[] {
    return this.#byPool.get(pool) ?? [];
  }

  get live(): Worker[] {
    return [...this.#workers.values()].filter((worker) => isLive(worker.state));
  }

  /** A worker new to the registry, under the lowest number that is free in its pool. */
  add(pool: string, labels: Labels): Worker {
    let number = 1;
    while (this.#workers.has(`${pool}-${number}`)) number++;
    const worker = new Worker(`${pool}-${number}`, pool, labels);
    this.#store.append({ type: 'worker.added', worker: worker.id, pool, labels });
    this.restore(worker);
    return worker;
  }

  /** Takes in a worker that the store knows already. */
  restore(worker: Worker): void {
    this.#workers.set(worker.id, worker);
    const pool = this.#byPool.get(worker.pool);
    if (pool) pool.push(worker);
    else this.#byPool.set(worker.pool, [worker]);
    this.#changes.worker(worker.id);
  }

  remove(worker: Worker): void {
    this.#store.append({ type: 'worker.removed', worker: worker.id });
    this.#workers.delete(worker.id);
    const others = this.ofPool(worker.pool).filter((other) => other !== worker);
    this.#byPool.set(worker.pool, others);
    this.#changes.workerRemoved(worker.id);
    this.#changes.pool(worker.pool);
  }

  /** The keeper's handle of a worker's process, from now on or no longer. */
  hold(worker: Worker, handle: Handle | undefined): void {
    if (worker.handle !== undefined) this.#byHandle.delete(worker.handle);
    worker.handle = handle;
    if (handle !== undefined) this.#byHandle.set(handle, { worker, launch: worker.launch });
  }

  /** Records a transition. Throws when the state machine does not have it: that is a defect, not a condition. */
  transition(worker: Worker, to: WorkerState, reason: string, from: WorkerState | null = worker.state): void {
    if (!mayBecome(from, to)) throw new Error(`${worker.id} cannot go from ${from} to ${to} (${reason}).`);
    this.#store.append({
      type: 'worker.transitioned',
      worker: worker.id,
      launch: worker.launch,
      from,
      to,
      reason,
    });
    worker.state = to;
    worker.reason = reason;
    worker.stateSince = this.#clock.now();
    this.#changes.workerNews(worker.id);
    this.#changes.pool(worker.pool);
    for (const listener of this.#listeners) listener(worker);
  }
}
