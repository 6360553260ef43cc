/** A state folder of every schema that was released must restore, and go on. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { batchEvent } from './batch-event.ts';
import { dumpFile } from './dump.ts';
import { open, stateFolder, withStore } from './state-folder.ts';
import { whatIsThere } from './what-is-there.ts';

const released = new URL('../fixtures/state-folders/', import.meta.url).pathname;
const versions = readdirSync(released).sort((a, b) => Number(a) - Number(b));

function folderOf(version: string): string {
  const folder = stateFolder();
  cpSync(join(released, version), folder, { recursive: true });
  return folder;
}

function expectedOf(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, unknown>;
}

describe('state folders of released versions', () => {
  it('are kept for every schema', () => {
    const every = Array.from({ length: SCHEMA_VERSION }, (_, index) => String(index + 1));
    assert.deepEqual(versions, every, 'make the missing one with test/store/make-state-folder.ts');
  });

  for (const version of versions) {
    it(`${version}: is restored as it was left, and is gone on with`, async () => {
      const folder = folderOf(version);
      const before = await withStore(folder, async (store) => {
        assert.equal(store.recovery.tornBytes, 0);
        assert.equal(store.recovery.snapshotProblem, undefined);
        assert.ok(store.recovery.replayed > 5, 'the journal behind the snapshot was read');
        // What the version that made it knew; a newer one may know more.
        assert.partialDeepStrictEqual(await whatIsThere(store), expectedOf(folder));
        const { worker, launch, job, attempt } = { worker: 'simulate-1', launch: 1, job: 4, attempt: 1 };
        store.append({
          type: 'job.finished',
          job,
          attempt,
          outcome: 'done',
          next: 'done',
          startedAt: 1_763_780_100_000,
          finishedAt: 1_763_780_101_000,
          result: 'after the update',
        });
        store.append({ type: 'job.claimed', job: 5, attempt: 2, worker, launch, frame: 9 });
        const { nextBatch, nextJob } = await store.query('restore', {});
        const parameters = { from: 'the version after' };
        store.append(
          batchEvent({
            batch: nextBatch,
            name: 'after',
            pool: 'simulate',
            firstJob: nextJob,
            count: 1,
            source: { rows: [parameters] },
          }),
        );
        await store.flush();
        return whatIsThere(store);
      });
      const after = await withStore(folder, whatIsThere);
      assert.deepEqual(after, before);
      assert.deepEqual(dumpFile(join(folder, 'nightcrew.db'))['jobs']?.[3]?.['result'], '"after the update"');
    });

    it(`${version}: is restored from its older snapshot when the newer one is gone`, async () => {
      const folder = folderOf(version);
      assert.ok(existsSync(join(folder, 'nightcrew.db.previous')));
      rmSync(join(folder, 'nightcrew.db'));
      const store = await open(folder);
      try {
        assert.partialDeepStrictEqual(await whatIsThere(store), expectedOf(folder));
      } finally {
        await store.close();
      }
    });
  }
});
