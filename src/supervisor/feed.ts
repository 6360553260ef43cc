/**
 * Tells faces what changed: whole entities, at most ten times a second, and nothing when nobody looks. A worker's new state is told
 * at once; what changes all the time (heartbeats, progress, counts) is gathered for an eighth of a second.
 */
import type { StateDelta } from '../control/crew-state.ts';
import type { Clock } from '../core/clock.ts';
import { Pace } from '../core/pace.ts';
import type { Store } from '../store/contract.ts';
import { RECENT_JOBS, type Changes } from './changes.ts';
import type { CrewFileSource } from './crew-file-source.ts';
import type { Troubles } from './troubles.ts';
import type { Viewer } from './viewer.ts';

interface Parts {
  changes: Changes;
  viewer: Viewer;
  store: Store;
  crewFile: CrewFileSource;
  clock: Clock;
  wanted: () => boolean;
  troubles: Troubles;
}

export class Feed {
  readonly #parts: Parts;
  readonly #subscribers = new Set<(delta: StateDelta) => void>();
  readonly #pace = new Pace();
  /** What is due, and how to give it up for something earlier. */
  #pending: { isNews: boolean; cancel: () => void } | undefined;
  #toldEnded = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.changes.onMark((isNews) => this.#schedule(isNews));
  }

  get watched(): boolean {
    return this.#subscribers.size > 0;
  }

  /** From now on `subscriber` gets every delta. The caller gives it the whole state in the same turn. */
  subscribe(subscriber: (delta: StateDelta) => void): () => void {
    // What was marked before is in the state it is given; the others must not lose it.
    if (this.watched) this.#tell();
    else this.#reset();
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  #schedule(isNews: boolean): void {
    const pending = this.#pending;
    if (!this.watched || (pending && (pending.isNews || !isNews))) return;
    pending?.cancel();
    const { clock } = this.#parts;
    const cancel = clock.after(this.#pace.wait(isNews, clock.monotonic()), () => {
      this.#pending = undefined;
      if (this.watched) this.#tell();
      else this.#reset();
    });
    this.#pending = { isNews, cancel };
  }

  #reset(): void {
    this.#parts.changes.clear();
    this.#toldEnded = this.#parts.changes.ended;
  }

  #tell(): void {
    this.#pace.told(this.#parts.clock.monotonic());
    const delta = this.#delta();
    this.#reset();
    for (const subscriber of this.#subscribers) subscriber(delta);
  }

  #delta(): StateDelta {
    const { changes, viewer, store, crewFile, wanted, troubles } = this.#parts;
    const delta: StateDelta = { sequence: store.lastSequence };
    if (changes.workers.size > 0)
      delta.workers = [...changes.workers].flatMap((id) => viewer.worker(id) ?? []);
    if (changes.removedWorkers.size > 0) delta.removedWorkers = [...changes.removedWorkers];
    if (changes.crewFile) {
      const names = viewer.poolNames();
      delta.pools = (names.get('shown') ?? []).map((name) => viewer.pool(name));
      delta.removedPools = names.get('hidden') ?? [];
    } else if (changes.pools.size > 0) {
      delta.pools = [...changes.pools].map((name) => viewer.pool(name));
    }
    if (changes.batches.size > 0)
      delta.batches = [...changes.batches].flatMap((id) => viewer.batch(id) ?? []);
    if (changes.removedBatches.size > 0) delta.removedBatches = [...changes.removedBatches];
    const fresh = Math.min(changes.ended - this.#toldEnded, RECENT_JOBS);
    if (fresh > 0) delta.recent = changes.recent.slice(-fresh).reverse();
    if (changes.workers.size > 0 || changes.machine) delta.machine = viewer.machine();
    if (changes.crewFile) delta.crewFile = crewFile.report();
    if (changes.troubles) delta.troubles = troubles.all;
    if (changes.wanted) delta.wanted = wanted();
    return delta;
  }
}
