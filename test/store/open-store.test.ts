import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchEnqueued, JournalEvent } from '../../src/core/events.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { Database } from '../../src/store/database.ts';
import { diskFileSystem } from '../../src/store/file-system.ts';
import { readSnapshot } from '../../src/store/read-snapshot.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { IDLE_MILLISECONDS } from '../../src/store/snapshot-schedule.ts';
import { batchEvent } from './batch-event.ts';
import { CrewModel } from './crew-model.ts';
import { bytesOf, dumpFile, engine } from './dump.ts';
import { failingFiles } from './failing-files.ts';
import { ManualClock } from '../manual-clock.ts';
import { appendAll, copyOf, open, stateFolder, withStore } from './state-folder.ts';

const database = (folder: string): string => join(folder, 'nightcrew.db');
const segments = (folder: string): string[] => readdirSync(join(folder, 'journal')).sort();

/** A few hundred events, always the same. */
function someLife(length = 300): JournalEvent[] {
  return CrewModel.live(Array.from({ length }, (_, index) => (index * 7919) % 100_003)).events;
}

describe('a store', () => {
  it('is found again as it was left: closed, killed, or killed after a snapshot', async () => {
    const life = fc.array(fc.nat({ max: 100_000 }), { minLength: 100, maxLength: 200, size: 'max' });
    for (const choices of fc.sample(life, 2)) {
      const { events } = CrewModel.live(choices);
      const folder = stateFolder();
      const half = events.length >> 1;
      await withStore(folder, (store) => appendAll(store, events.slice(0, half)));

      const store = await open(folder);
      appendAll(store, events.slice(half));
      const killed = copyOf(folder);
      const restored = await store.query('restore', {});
      await store.close();
      const expected = dumpFile(database(folder));

      const recovered = await withStore(killed, async (successor) => {
        assert.deepEqual(await successor.query('restore', {}), restored);
        return successor.recovery;
      });
      assert.deepEqual(recovered, {
        tornBytes: 0,
        snapshotProblem: undefined,
        replayed: events.length - half,
      });
      assert.deepEqual(dumpFile(database(killed)), expected);

      const neverClosed = stateFolder();
      const first = await open(neverClosed);
      appendAll(first, events);
      const journalOnly = copyOf(neverClosed);
      assert.ok(!existsSync(database(journalOnly)));
      await first.close();
      await withStore(journalOnly, () => undefined);
      assert.deepEqual(dumpFile(database(journalOnly)), dumpFile(database(neverClosed)));
    }
  });

  it('keeps a record that is written but not flushed when the process is killed', async () => {
    const folder = stateFolder();
    const store = await open(folder);
    store.append({ type: 'crew.wanted', wanted: true });
    store.write();
    store.append({ type: 'crew.wanted', wanted: false });
    const killed = copyOf(folder);
    await store.close();
    assert.equal(await withStore(killed, (successor) => successor.lastSequence), 1);
  });

  it('answers with every event appended before, and stamps them', async () => {
    const clock = new ManualClock();
    await withStore(
      stateFolder(),
      async (store) => {
        clock.advance(5);
        const stamp = store.append({ type: 'crew.wanted', wanted: true });
        assert.deepEqual(stamp, { sequence: 1, at: clock.now() });
        assert.equal((await store.query('restore', {})).crewWanted, true);
        store.append({ type: 'crew.wanted', wanted: false });
        assert.equal((await store.query('restore', {})).crewWanted, false);
        assert.equal(store.lastSequence, 2);
      },
      { clock },
    );
  });

  it('cuts a torn tail and says so', async () => {
    const folder = stateFolder();
    const store = await open(folder);
    appendAll(store, someLife());
    const killed = copyOf(folder);
    await store.close();
    const segment = join(killed, 'journal', segments(killed).at(-1)!);
    writeFileSync(segment, readFileSync(segment).subarray(0, -10));
    const { recovery, lastSequence } = await withStore(killed, ({ recovery, lastSequence }) => ({
      recovery,
      lastSequence,
    }));
    assert.ok(recovery.tornBytes > 10);
    assert.equal(lastSequence, someLife().length - 1);
  });

  it('takes no event that does not fit, and goes on without it', async () => {
    const folder = stateFolder();
    await withStore(folder, async (store) => {
      store.append({ type: 'crew.wanted', wanted: true });
      assert.throws(() => store.append({ type: 'worker.paused', worker: 'nobody', paused: true }), {
        name: 'InvariantError',
        message: 'An event (worker.paused) does not fit: worker nobody does not exist',
      });
      assert.equal(store.lastSequence, 1);
      assert.equal((await store.query('restore', {})).crewWanted, true);
    });
  });

  it('says what to do when its folder cannot be used', async () => {
    const folder = stateFolder();
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(open(join(folder, 'file')), (error) => {
      assert.ok(error instanceof StoreError);
      assert.match(error.message, /cannot be used/);
      return true;
    });
  });

  it('closes twice, and then takes nothing more', async () => {
    const store = await open(stateFolder());
    await Promise.all([store.close(), store.close()]);
    assert.throws(() => store.append({ type: 'crew.wanted', wanted: true }), StoreError);
    assert.throws(() => store.write(), StoreError);
    await assert.rejects(store.query('restore', {}), StoreError);
    await assert.rejects(store.flush(), StoreError);
  });
});

describe('a snapshot', () => {
  it('is a sound SQLite file, private to its owner, that other programs read', async () => {
    const folder = stateFolder();
    await withStore(folder, (store) => appendAll(store, someLife()));
    const file = database(folder);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'journal', segments(folder)[0]!)).mode & 0o777, 0o600);

    const shell = (sql: string): string =>
      execFileSync('sqlite3', ['-readonly', file, sql], { encoding: 'utf8' });
    assert.equal(shell('PRAGMA integrity_check; PRAGMA foreign_key_check;'), 'ok\n');
    const script = `
import json, sqlite3, sys
crew = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
counts = dict(crew.execute('SELECT state, count(*) FROM jobs GROUP BY state'))
kept = crew.execute('SELECT sum(pending), sum(running), sum(done), sum(failed), sum(cancelled) FROM batches').fetchone()
assert [counts.get(state, 0) for state in ('pending', 'running', 'done', 'failed', 'cancelled')] == list(kept)
print(json.loads(crew.execute('SELECT parameters FROM jobs WHERE id = 1').fetchone()[0])['seed'])
`;
    assert.equal(execFileSync('python3', ['-c', script, file], { encoding: 'utf8' }), '1\n');
  });

  it('is taken when things have been idle, and not again when nothing happened', async () => {
    const clock = new ManualClock();
    const folder = stateFolder();
    const store = await open(folder, { clock });
    store.append({ type: 'crew.wanted', wanted: true });
    store.write();
    clock.advance(IDLE_MILLISECONDS - 1);
    assert.deepEqual(segments(folder).length, 1);
    clock.advance(1);
    assert.deepEqual(segments(folder).length, 2, 'the snapshot begins a segment');
    await store.close();
    assert.ok(existsSync(database(folder)));
    assert.ok(!existsSync(`${database(folder)}.previous`));
  });

  it('is taken at once after many jobs came, however short the record that brought them', async () => {
    const folder = stateFolder();
    const sweep = (to: number): Partial<BatchEnqueued> => ({
      count: to,
      source: { matrix: { seed: { from: 1, to, step: 1 } } },
    });
    await withStore(folder, (store) => {
      store.append(batchEvent(sweep(10)));
      store.write();
      assert.equal(segments(folder).length, 1);
      store.append(batchEvent({ ...sweep(100_000), batch: 2, firstJob: 11 }));
      store.write();
      assert.equal(segments(folder).length, 2, 'the snapshot begins a segment');
    });
  });

  it('lets the journal go only when two snapshots cover it', async () => {
    const folder = stateFolder();
    const ends: number[] = [];
    for (const wanted of [true, false, true]) {
      await withStore(folder, (store) => {
        store.append({ type: 'crew.wanted', wanted });
        ends.push(store.lastSequence);
      });
    }
    assert.deepEqual(ends, [1, 2, 3]);
    assert.deepEqual(segments(folder), ['0000000000000003.log', '0000000000000004.log']);
    assert.equal(dumpFile(`${database(folder)}.previous`)['meta']![0]!['last_sequence'], 2);
  });

  it('that is damaged is kept aside, and the one before takes its place with the journal behind it', async () => {
    const folder = stateFolder();
    const life = someLife();
    await withStore(folder, (store) => appendAll(store, life.slice(0, 100)));
    await withStore(folder, (store) => appendAll(store, life.slice(100)));
    const expected = dumpFile(database(folder));
    const content = readFileSync(database(folder));
    content.fill(0x5a, 4096, 12_288);
    writeFileSync(database(folder), content);

    const log: string[] = [];
    const recovery = await withStore(folder, (store) => store.recovery, {
      log: (message) => log.push(message),
    });
    assert.match(recovery.snapshotProblem!, /nightcrew\.db cannot be used/);
    assert.equal(recovery.replayed, life.length - 100);
    const aside = readdirSync(folder).find((name) => name.startsWith('damaged-'))!;
    assert.equal(recovery.damage?.keptIn, join(folder, aside));
    assert.deepEqual(readFileSync(join(folder, aside, 'nightcrew.db')), content);
    assert.ok(log.some((line) => line.includes(aside)));
    assert.deepEqual(dumpFile(database(folder)), expected);
  });

  it('that is damaged is replaced by the whole journal when there is no other', async () => {
    const folder = stateFolder();
    const life = someLife(50);
    await withStore(folder, (store) => appendAll(store, life));
    const expected = dumpFile(database(folder));
    writeFileSync(database(folder), 'not a database at all');
    const recovery = await withStore(folder, (store) => store.recovery);
    assert.equal(recovery.replayed, life.length);
    assert.deepEqual(dumpFile(database(folder)), expected);
  });

  it('that cannot be written costs nothing but the next start', async () => {
    const folder = stateFolder();
    mkdirSync(`${database(folder)}.partial`);
    const log: string[] = [];
    await withStore(folder, (store) => appendAll(store, someLife(20)), {
      log: (message) => log.push(message),
    });
    assert.match(log.join(), /No snapshot was taken, the journal goes on: .*EISDIR/);
    rmdirSync(`${database(folder)}.partial`);
    assert.equal(await withStore(folder, (store) => store.recovery.replayed), someLife(20).length);
    assert.ok(existsSync(database(folder)));
  });

  it('of a newer version is refused with both numbers, and nothing is touched', async () => {
    const folder = stateFolder();
    await withStore(folder, (store) => appendAll(store, someLife(50)));
    const newer = new Database(engine, readSnapshot(diskFileSystem, database(folder)).file);
    newer.script(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    writeFileSync(database(folder), bytesOf(newer));
    newer.close();
    const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]);
    await assert.rejects(open(folder), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.file, database(folder));
      assert.match(
        error.message,
        new RegExp(`version ${SCHEMA_VERSION + 1}; .* version ${SCHEMA_VERSION}\\.`),
      );
      return true;
    });
    assert.deepEqual(
      readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]),
      before,
    );
  });
});

describe('a crash while a snapshot is published', () => {
  const first = someLife(60);
  const second = first.splice(30);

  /** Closes a store whose disk stops working at a step; returns how many steps were tried. */
  async function closeWithCrash(folder: string, crashAt: number): Promise<number> {
    let steps = -Infinity;
    const files = failingFiles(diskFileSystem, () => (++steps >= crashAt ? 'EIO' : undefined));
    const store = await open(folder, { files });
    appendAll(store, second);
    await store.flush();
    steps = 0;
    await store.close();
    return steps;
  }

  it('loses nothing, at whichever step it comes', async () => {
    const original = stateFolder();
    await withStore(original, (store) => appendAll(store, first.slice(0, 10)));
    await withStore(original, (store) => appendAll(store, first.slice(10)));
    const complete = copyOf(original);
    const steps = await closeWithCrash(complete, Infinity);
    assert.ok(steps >= 8, `${steps} steps`);
    const expected = dumpFile(database(complete));
    for (let step = 1; step <= steps; step++) {
      const folder = copyOf(original);
      await closeWithCrash(folder, step);
      await withStore(folder, (store) => assert.equal(store.lastSequence, first.length + second.length));
      assert.deepEqual(dumpFile(database(folder)), expected, `step ${step}`);
    }
  });
});
