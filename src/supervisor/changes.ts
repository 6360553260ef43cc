/** What changed since the faces were last told. Marking is cheap; whole entities are made from the marks later. */
import type { RecentJob } from '../control/crew-state.ts';
import type { BatchId } from '../core/job.ts';
import type { WorkerId } from '../core/worker.ts';

/** How many ended jobs a face is shown. */
export const RECENT_JOBS = 50;

export class Changes {
  workers = new Set<WorkerId>();
  removedWorkers = new Set<WorkerId>();
  pools = new Set<string>();
  batches = new Set<BatchId>();
  removedBatches = new Set<BatchId>();
  machine = false;
  crewFile = false;
  wanted = false;
  troubles = false;
  /** Oldest first; `ended` counts all there ever were, so that a reader can tell which are new to it. */
  recent: RecentJob[] = [];
  ended = 0;
  #onMark: (isNews: boolean) => void = () => undefined;
  #onJobEnded: (job: RecentJob) => void = () => undefined;

  /** Calls `listener` when something was marked, and says whether it is news. It may be called often and must be cheap. */
  onMark(listener: (isNews: boolean) => void): void {
    this.#onMark = listener;
  }

  /** Calls `listener` with every attempt that ended. */
  onJobEnded(listener: (job: RecentJob) => void): void {
    this.#onJobEnded = listener;
  }

  worker(id: WorkerId): void {
    this.workers.add(id);
    this.#onMark(false);
  }

  /** Its state or its health has changed: people are to know it at once. */
  workerNews(id: WorkerId): void {
    this.workers.add(id);
    this.#onMark(true);
  }

  workerRemoved(id: WorkerId): void {
    this.workers.delete(id);
    this.removedWorkers.add(id);
    this.#onMark(false);
  }

  pool(name: string): void {
    this.pools.add(name);
    this.#onMark(false);
  }

  batch(id: BatchId): void {
    this.batches.add(id);
    this.#onMark(false);
  }

  batchRemoved(id: BatchId): void {
    this.batches.delete(id);
    this.removedBatches.add(id);
    this.#onMark(false);
  }

  other(what: 'machine' | 'crewFile' | 'wanted' | 'troubles'): void {
    this[what] = true;
    this.#onMark(false);
  }

  jobEnded(job: RecentJob): void {
    this.recent.push(job);
    this.ended++;
    if (this.recent.length > 2 * RECENT_JOBS) this.recent = this.recent.slice(-RECENT_JOBS);
    this.#onJobEnded(job);
    this.#onMark(false);
  }

  clear(): void {
    this.workers.clear();
    this.removedWorkers.clear();
    this.pools.clear();
    this.batches.clear();
    this.removedBatches.clear();
    this.machine = this.crewFile = this.wanted = this.troubles = false;
  }
}
