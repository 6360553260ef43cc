import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Store } from '../../src/store/contract.ts';
import { batchEvent } from './batch-event.ts';
import { dumpFile } from './dump.ts';
import { copyOf, open, stateFolder, withStore } from './state-folder.ts';

const FILE = 'jobs-2026-11-22.jsonl.gz';

function enqueued(batch: number, firstJob: number, definition?: string): JournalEvent {
  return batchEvent({
    batch,
    name: `batch ${batch}`,
    maxAttempts: 1,
    firstJob,
    count: 3,
    source: { rows: [{ n: 1 }, { n: 2 }, { n: 3 }] },
    ...(definition === undefined ? {} : { definition }),
  });
}

/** Three batches of three jobs: the first two have ended, all of theirs with an attempt; in the third, one. */
function live(store: Store): void {
  store.append({ type: 'worker.added', worker: 'p-1', pool: 'p', labels: {} });
  store.append({ type: 'worker.launched', worker: 'p-1', launch: 1, command: ['p'] });
  for (const batch of [1, 2, 3])
    store.append(enqueued(batch, 3 * batch - 2, batch === 2 ? 'hash' : undefined));
  for (let job = 1; job <= 7; job++) {
    store.append({ type: 'job.claimed', job, attempt: 1, worker: 'p-1', launch: 1, frame: job });
    store.append({
      type: 'job.finished',
      job,
      attempt: 1,
      outcome: 'done',
      next: 'done',
      startedAt: 1,
      finishedAt: 2,
      result: { n: job },
    });
  }
}

describe('archived batches', () => {
  it('are in no list and no count, and their jobs go in slices, over the death of the supervisor', async () => {
    const folder = stateFolder();
    const store = await open(folder);
    live(store);
    for (const batch of [1, 2]) store.append({ type: 'batch.archived', batch, file: FILE });
    const { total } = await store.query('jobs', { offset: 0, limit: 10 });
    assert.equal(total, 3);
    const { counts } = await store.query('restore', {});
    assert.deepEqual(counts['p'], { pending: 2, running: 0, done: 1, failed: 0, cancelled: 0 });
    store.append({ type: 'jobs.removed', batch: 1, through: 2 });
    await store.flush();

    const after = await withStore(copyOf(folder), async (successor) => {
      const { toRemove, batches } = await successor.query('restore', {});
      assert.deepEqual(toRemove, [
        { batch: 1, firstJob: 1, lastJob: 3 },
        { batch: 2, firstJob: 4, lastJob: 6 },
      ]);
      assert.equal(batches.find(({ id }) => id === 2)?.archived, FILE);
      successor.append({ type: 'jobs.removed', batch: 1, through: 3 });
      successor.append({ type: 'jobs.removed', batch: 2, through: 6 });
      await successor.flush();
      return successor.query('restore', {});
    });
    assert.deepEqual(after.toRemove, []);
    // Its definition was worked off: that is known for good.
    assert.deepEqual(
      after.batches.map(({ id, counts: { done } }) => [id, done]),
      [
        [2, 3],
        [3, 1],
      ],
    );
    await store.close();
  });

  it('leave one row for each file, and a database that any tool reads', async () => {
    const folder = stateFolder();
    await withStore(folder, async (store) => {
      live(store);
      for (const batch of [1, 2]) {
        store.append({ type: 'batch.archived', batch, file: FILE });
        store.append({ type: 'jobs.removed', batch, through: 3 * batch });
      }
      await store.flush();
    });
    const tables = dumpFile(join(folder, 'nightcrew.db'));
    assert.deepEqual(
      tables['archives']?.map(({ file, batches, jobs, done, first_job, last_job }) => [
        file,
        batches,
        jobs,
        done,
        first_job,
        last_job,
      ]),
      [[FILE, 2, 6, 6, 1, 6]],
    );
    assert.equal(tables['jobs']?.length, 3);
    assert.equal(tables['attempts']?.length, 1);
  });

  it('must have ended, and be archived once and before anything of them goes', async () => {
    const refused = async (...events: JournalEvent[]): Promise<number> => {
      const folder = stateFolder();
      const store = await open(folder);
      live(store);
      for (const event of events) store.append(event);
      store.write();
      const copy = copyOf(folder);
      // The projection of a store that lives ends with such an event; a start leaves it out.
      await store.close().catch(() => undefined);
      return withStore(copy, async ({ recovery }) => recovery.damage?.skipped ?? 0);
    };
    const archive: JournalEvent = { type: 'batch.archived', batch: 1, file: FILE };
    assert.equal(await refused({ type: 'batch.archived', batch: 3, file: FILE }), 1);
    assert.equal(await refused(archive, archive), 1);
    assert.equal(await refused({ type: 'jobs.removed', batch: 1, through: 3 }), 1);
  });

  it('do not take what is remembered beside them', async () => {
    const folder = stateFolder();
    await withStore(folder, async (store) => {
      store.append({ type: 'settings.given', settings: [{ name: 'maxWorkers', text: '4', from: 'x' }] });
      store.append({ type: 'settings.given', settings: [{ name: 'maxWorkers', text: '5', from: 'x' }] });
      store.append({ type: 'alerts.told', through: 1, at: 7 });
      await store.flush();
    });
    const { settings, alertsTold } = await withStore(folder, (store) => store.query('restore', {}));
    assert.deepEqual(settings, [{ name: 'maxWorkers', text: '5', from: 'x' }]);
    assert.deepEqual(alertsTold, { through: 1, at: 7 });
  });
});
