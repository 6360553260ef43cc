/** The projection in a thread of its own, as the supervisor has it; the other tests of the store run it in theirs. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { StoreError } from '../../src/store/store-error.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { CrewModel } from './crew-model.ts';
import { dumpFile } from './dump.ts';
import { appendAll, copyOf, openWithThread, stateFolder } from './state-folder.ts';

/** Some events, always the same. */
function someLife(length: number): JournalEvent[] {
  return CrewModel.live(Array.from({ length }, (_, index) => (index * 7919) % 100_003)).events;
}

describe('the projection thread', () => {
  it('restores from its snapshot and from the journal behind it', async () => {
    const folder = stateFolder();
    const life = someLife(300);
    const half = life.length >> 1;
    const first = await openWithThread(folder);
    appendAll(first, life.slice(0, half));
    await first.close();

    const second = await openWithThread(folder);
    appendAll(second, life.slice(half));
    const killed = copyOf(folder);
    const restored = await second.query('restore', {});
    await second.close();

    const successor = await openWithThread(killed);
    assert.equal(successor.recovery.replayed, life.length - half);
    assert.deepEqual(await successor.query('restore', {}), restored);
    await successor.close();
    assert.deepEqual(dumpFile(join(killed, 'nightcrew.db')), dumpFile(join(folder, 'nightcrew.db')));
  });

  it('that ends takes the store with it, loudly', async () => {
    const failures: StoreError[] = [];
    const threadFile = new URL('./dying-thread.ts', import.meta.url);
    const store = await openWithThread(stateFolder(), {
      threadFile,
      onFailure: (error) => failures.push(error),
    });
    const queries = [store.query('restore', {}), store.query('batches', {})];
    for (const query of await Promise.allSettled(queries)) {
      assert.equal(query.status, 'rejected');
      assert.ok(query.reason instanceof StoreError);
      assert.match(query.reason.message, /out of luck/);
    }
    assert.equal(failures.length, 1);
    assert.throws(() => store.append({ type: 'crew.wanted', wanted: true }), StoreError);
    await assert.rejects(store.flush(), StoreError);
    await store.close();
  });

  it('that meets an event which does not fit ends the store instead of showing a wrong state', async () => {
    const folder = stateFolder();
    const failures: StoreError[] = [];
    const store = await openWithThread(folder, { onFailure: (error) => failures.push(error) });
    appendAll(store, someLife(0));
    store.append({ type: 'job.claimed', job: 1, attempt: 7, worker: 'simulate-1', launch: 1, frame: 1 });
    await assert.rejects(store.query('restore', {}), /job 1 cannot be claimed as attempt 7/);
    assert.equal(failures.length, 1);
    await store.close();
  });

  it('leaves a question that cannot be answered to who asked it', async () => {
    const store = await openWithThread(stateFolder());
    await assert.rejects(store.query('nonsense' as 'restore', {}), StoreError);
    assert.equal((await store.query('restore', {})).nextJob, 1);
    await store.close();
  });
});
