/** A projection that is slower than the journal: what waits for it is bounded, and nothing that has happened waits. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { BatchEnqueued } from '../../src/core/events.ts';
import type { Store } from '../../src/store/contract.ts';
import type { StoreError } from '../../src/store/store-error.ts';
import { diskFileSystem } from '../../src/store/file-system.ts';
import { ProjectionClient, type ProjectionHost } from '../../src/store/projection-client.ts';
import { MOST_WAITING } from '../../src/store/projection-lag.ts';
import { ManualClock } from '../manual-clock.ts';
import { batchEvent } from './batch-event.ts';
import { HeldProjection } from './held-projection.ts';
import { startProjectionHere } from './in-process-projection.ts';
import { open, stateFolder } from './state-folder.ts';

const RECORD = 4 * 1024 * 1024;

async function openHeld(): Promise<{ store: Store; projection: HeldProjection; clock: ManualClock }> {
  const folder = stateFolder();
  const clock = new ManualClock();
  const projection = new HeldProjection(startProjectionHere(folder, diskFileSystem, systemClock));
  const store = await open(folder, { clock, startProjection: () => projection });
  return { store, projection, clock };
}

function largeBatch(batch: number): BatchEnqueued {
  return batchEvent({ batch, firstJob: batch, count: 1, source: { rows: [{ text: 'x'.repeat(RECORD) }] } });
}

/** Takes work in for as long as it may; returns how many batches that were. */
function takeInWork(store: Store): number {
  let batches = 0;
  while (!store.isBehind) store.record([largeBatch(++batches)]);
  return batches;
}

describe('a store whose projection is held up', () => {
  it('takes in no new work when much waits for it, all else at once, and goes on with what is applied', async () => {
    const { store, projection, clock } = await openHeld();
    projection.hold();
    const batches = takeInWork(store);
    assert.ok(batches > 10, `${batches}`);
    assert.ok(projection.waiting < MOST_WAITING + 2 * RECORD, `${projection.waiting} characters wait`);

    let isCaughtUp = false;
    const caughtUp = store.caughtUp().then(() => (isCaughtUp = true));
    store.append({ type: 'crew.wanted', wanted: true });
    await store.flush();
    clock.advance(1_000);
    assert.equal(isCaughtUp, false);
    const restored = store.query('restore', {});
    projection.release();
    await caughtUp;
    assert.equal(store.isBehind, false);
    assert.equal((await restored).nextBatch, batches + 1);
    assert.equal((await restored).crewWanted, true);
    await store.caughtUp();
    await store.close();
  });

  it('tells who waits for it when it ends', async () => {
    let end: (error: Error) => void = () => undefined;
    const host: ProjectionHost = {
      postMessage: () => undefined,
      on: (event: string, listener: (error: never) => void) => {
        if (event === 'error') end = listener as typeof end;
      },
    };
    const failures: StoreError[] = [];
    const client = new ProjectionClient(host, '/state', new ManualClock(), (error) => failures.push(error));
    const opening = assert.rejects(client.opened, /out of memory/);
    while (!client.lag.isTooMuch) client.send('x'.repeat(RECORD));
    const waiting = [client.lag.caughtUp(), client.lag.caughtUp()];
    end(new Error('out of memory'));
    for (const settled of await Promise.allSettled(waiting))
      assert.deepEqual(settled, { status: 'rejected', reason: failures[0] });
    await assert.rejects(client.lag.caughtUp(), /out of memory/);
    await opening;
  });
});
