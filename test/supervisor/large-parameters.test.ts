/** Jobs with as many parameters as are taken: few of them are in memory, in one answer of the store, and at one worker. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { Limit } from '../../src/protocol/generated/messages.ts';
import type { Store, StoreQueries } from '../../src/store/contract.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import { Queue } from '../../src/supervisor/queue.ts';
import { open, stateFolder } from '../store/state-folder.ts';
import { waitFor } from '../wait-for.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const JOBS = 25;
const LARGE = 'x'.repeat(Limit.parameters - 100);

async function queueOver(store: Store): Promise<Queue> {
  return new Queue(store, systemClock, new Changes(), await store.query('restore', {}));
}

/** Counts the jobs of each answer. */
function watchHeads(store: Store, heads: number[]): void {
  const query = store.query.bind(store);
  store.query = async (name, parameters) => {
    const result = await query(name, parameters);
    if (name === 'pendingHead') heads.push((result as StoreQueries['pendingHead']['result']).jobs.length);
    return result;
  };
}

describe('jobs with large parameters', () => {
  it('come up from the store a few at a time, each once and in order, before and after a restart', async () => {
    const folder = stateFolder();
    const taken: number[] = [];
    const heads: number[] = [];
    const takeUntil = async (queue: Queue, count: number): Promise<void> => {
      await waitFor(
        `${count} jobs`,
        () => {
          assert.ok(queue.ready('p') <= 11, `${queue.ready('p')} jobs are in memory`);
          const job = taken.length < count ? queue.take('p', {}) : undefined;
          if (job) taken.push(job.id);
          return taken.length === count;
        },
        { seen: () => `${taken.length} were taken` },
      );
    };
    const first = await open(folder);
    watchHeads(first, heads);
    first.append({ type: 'pool.declared', pool: POOL });
    const queue = await queueOver(first);
    queue.enqueue({
      name: 'large',
      pool: 'p',
      task: 'run',
      priority: 0,
      maxAttempts: 3,
      timeout: 60,
      match: [],
      source: { matrix: { seed: { from: 1, to: JOBS, step: 1 } }, base: { text: LARGE } },
    });
    await takeUntil(queue, JOBS);
    await first.close();

    const second = await open(folder);
    watchHeads(second, heads);
    const restored = await queueOver(second);
    restored.refillAll();
    taken.length = 0;
    await takeUntil(restored, JOBS);
    await second.close();
    assert.deepEqual(
      taken,
      Array.from({ length: JOBS }, (_, index) => index + 1),
    );
    assert.ok(heads.length > 3 && Math.max(...heads) <= 9, `${heads}`);
  });

  it('are sent ahead only as far as a worker can hold them', async () => {
    const crew = new SmallCrew(new ManualClock());
    crew.queue.pool('p').durations.add(0.1);
    crew.enqueue(40, { text: LARGE.slice(0, 400_000) });
    const worker = crew.start(undefined, 64);
    await crew.settle();
    assert.equal(worker.assignments.length, 3);
    crew.say(worker.handle!, { id: '1.1', result: { result: null } });
    crew.say(worker.handle!, { id: '2.1', result: { result: null } });
    await crew.settle();
    assert.deepEqual(
      worker.assignments.map(({ job }) => job.id),
      [3, 4, 5],
    );
  });
});
