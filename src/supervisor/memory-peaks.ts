/**
 * The most memory that workers have been seen to use, by pool and task. A job costs nothing: what is recorded is the peak
 * of a launch when that ends, and before only a peak that is notably more than all that is known.
 */
import { REMEMBERED_LAUNCHES } from '../core/memory-need.ts';
import type { Store } from '../store/contract.ts';
import type { MemoryPeak } from '../store/restored-state.ts';
import type { Worker } from './worker.ts';

/** A live launch's peak is recorded at once when it is more than all recorded ones by this factor. */
const NOTABLE = 1.1;

/** Of one task of one pool. */
interface TaskPeaks {
  /** Bytes by launch, the one that was recorded longest ago first. */
  recorded: Map<string, number>;
  live: Map<Worker, number>;
}

export class MemoryPeaks {
  readonly #store: Store;
  readonly #pools = new Map<string, Map<string, TaskPeaks>>();

  constructor(store: Store, restored: readonly MemoryPeak[]) {
    this.#store = store;
    for (const peak of restored) this.#remember(peak);
  }

  /** Bytes by task; what is known of every task of the pool. */
  of(pool: string): Map<string, number> {
    const tasks = this.#pools.get(pool) ?? new Map<string, TaskPeaks>();
    return new Map([...tasks].map(([task, peaks]) => [task, most(peaks)]));
  }

  /** The worker's memory has just been measured. */
  note(worker: Worker): void {
    const { current, memory } = worker;
    if (!current || memory === undefined) return;
    const peaks = this.#peaks(worker.pool, current.job.task);
    const known = Math.max(0, ...peaks.recorded.values());
    const bytes = Math.max(memory, peaks.live.get(worker) ?? 0);
    peaks.live.set(worker, bytes);
    if (bytes > known * NOTABLE) this.#record(worker, current.job.task, bytes);
  }

  /** Its launch has ended, or nothing more will be measured by this supervisor. */
  settle(worker: Worker): void {
    for (const [task, { recorded, live }] of this.#pools.get(worker.pool) ?? []) {
      const bytes = live.get(worker);
      live.delete(worker);
      if (bytes !== undefined && bytes > (recorded.get(launchOf(worker)) ?? 0))
        this.#record(worker, task, bytes);
    }
  }

  #record({ id, pool, launch }: Worker, task: string, bytes: number): void {
    const peak = { pool, task, worker: id, launch, bytes: Math.round(bytes) };
    this.#store.append({ type: 'memory.peaked', ...peak });
    this.#remember(peak);
  }

  /** The database forgets in the same order. */
  #remember({ pool, task, worker, launch, bytes }: MemoryPeak): void {
    const { recorded } = this.#peaks(pool, task);
    const key = launchOf({ id: worker, launch });
    recorded.delete(key);
    recorded.set(key, bytes);
    const [oldest] = recorded.keys();
    if (recorded.size > REMEMBERED_LAUNCHES) recorded.delete(oldest!);
  }

  #peaks(pool: string, task: string): TaskPeaks {
    const tasks = this.#pools.get(pool) ?? new Map<string, TaskPeaks>();
    this.#pools.set(pool, tasks);
    const peaks = tasks.get(task) ?? { recorded: new Map(), live: new Map() };
    tasks.set(task, peaks);
    return peaks;
  }
}

function most({ recorded, live }: TaskPeaks): number {
  return Math.max(0, ...recorded.values(), ...live.values());
}

function launchOf({ id, launch }: { id: string; launch: number }): string {
  return `${id} ${launch}`;
}
