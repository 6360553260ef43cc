/** The pools that are known: those of the crew file, and those of earlier days whose queue or workers are still there. */
import type { PoolSettings } from '../core/pool.ts';
import type { Store } from '../store/contract.ts';
import type { Changes } from './changes.ts';

export class PoolRegister {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #pools = new Map<string, PoolSettings>();

  constructor(store: Store, changes: Changes, restored: readonly PoolSettings[]) {
    this.#store = store;
    this.#changes = changes;
    for (const pool of restored) this.#pools.set(pool.name, pool);
  }

  settings(name: string): PoolSettings | undefined {
    return this.#pools.get(name);
  }

  get all(): IterableIterator<PoolSettings> {
    return this.#pools.values();
  }

  /** Records the settings when they are new or changed. Running workers keep those they were started with. */
  declare(pool: PoolSettings): void {
    const known = this.#pools.get(pool.name);
    if (known && JSON.stringify(known) === JSON.stringify(pool)) return;
    this.#pools.set(pool.name, pool);
    this.#store.append({ type: 'pool.declared', pool });
    this.#changes.pool(pool.name);
  }
}
