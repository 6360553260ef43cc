/** All that a store tells of its content through its queries. */
import type { Store } from '../../src/store/contract.ts';

export async function whatIsThere(store: Store): Promise<Record<string, unknown>> {
  const restored = await store.query('restore', {});
  const { jobs } = await store.query('jobs', { offset: 0, limit: 1000 });
  const workers = [...restored.workers.map(({ id }) => id), 'tag-3'];
  return {
    lastSequence: store.lastSequence,
    restored,
    jobs: await Promise.all(jobs.map(({ id }) => store.query('job', { job: id }))),
    refusals: await store.query('refusals', { limit: 100 }),
    changes: await store.query('jobChanges', { job: 3, limit: 100 }),
    record: await store.query('poolRecord', { pool: 'simulate', since: 0, limit: 100 }),
    archives: await store.query('archives', {}),
    batches: await store.query('batches', {}),
    notes: Object.fromEntries(
      await Promise.all(
        workers.map(async (worker) => [worker, await store.query('workerNotes', { worker, limit: 100 })]),
      ),
    ),
    histories: Object.fromEntries(
      await Promise.all(
        workers.map(async (worker) => [worker, await store.query('workerHistory', { worker, limit: 100 })]),
      ),
    ),
  };
}
