/** What the queue gives out after a start, when jobs come back while it still asks the store. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { JobFinished } from '../../src/core/events.ts';
import type { PendingJob } from '../../src/core/job.ts';
import type { Store } from '../../src/store/contract.ts';
import type { RestoredState } from '../../src/store/restored-state.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import { Queue } from '../../src/supervisor/queue.ts';

function pendingJob(id: number, attempts = 0): PendingJob {
  return {
    id,
    batch: 1,
    pool: 'py',
    route: '',
    task: 'run',
    priority: 0,
    parameters: {},
    attempts,
    failures: 0,
    maxAttempts: 9,
    timeout: 60,
  };
}

/** A store that answers when it is told to. */
class SlowStore {
  pending: PendingJob[];
  readonly #asked: (() => void)[] = [];

  constructor(pending: PendingJob[]) {
    this.pending = pending;
  }

  append(): void {}

  query(): Promise<{ jobs: PendingJob[]; more: boolean }> {
    const answer = { jobs: [...this.pending], more: false };
    return new Promise((resolve) => this.#asked.push(() => resolve(answer)));
  }

  async answer(): Promise<void> {
    for (const settle of this.#asked.splice(0)) settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the queue', () => {
  it('goes on when the best job comes back while the store is asked for what is pending', async () => {
    const store = new SlowStore([pendingJob(2), pendingJob(3)]);
    const restored = {
      pools: [],
      workers: [],
      running: [],
      delayed: [],
      lanes: [{ pool: 'py', route: '' }],
      counts: { py: { pending: 2, running: 1, done: 0, failed: 0, cancelled: 0 } },
      batches: [],
      nextJob: 4,
      nextBatch: 2,
      peaks: [],
      settings: [],
      toRemove: [],
      requests: [],
      ramps: [],
      crewWanted: true,
    } satisfies RestoredState;
    const queue = new Queue(store as unknown as Store, systemClock, new Changes(), restored);
    const taken: number[] = [];
    const take = (): void => {
      for (let job = queue.take('py', {}); job; job = queue.take('py', {})) taken.push(job.id);
    };
    queue.onRefilled(take);
    queue.refillAll();
    // Its worker was found dead: the job is the best one now, and not in the answer that is on its way.
    const crashed = { job: 1, attempt: 1, outcome: 'crashed', next: 'pending' } as JobFinished;
    queue.finished(pendingJob(1), crashed);
    store.pending = [pendingJob(1, 1), pendingJob(2), pendingJob(3)];
    for (let turn = 0; turn < 5; turn++) await store.answer();
    assert.deepEqual(taken, [1, 2, 3]);
  });
});
