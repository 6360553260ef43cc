import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricBucket } from '../../src/core/metric-bucket.ts';
import { MetricHistory } from '../../src/core/metric-history.ts';
import type { FileSystem } from '../../src/store/file-system.ts';
import { MetricsFile } from '../../src/store/metrics-file.ts';
import { Random } from '../faults/random.ts';
import { failingFiles } from './failing-files.ts';
import { MemoryDisk } from './memory-disk.ts';

const NOON = 1_763_780_400;
const FOLDER = '/state';
const PATH = '/state/metrics';

/** Looks at two workers for so many seconds. */
function live(history: MetricHistory, from: number, seconds: number, worker = 'a'): void {
  for (let at = from; at < from + seconds; at += 5) {
    const look = { seconds: 5, lived: 1, busy: 1, memory: at % 100, cpu: undefined, done: 1, failed: 0 };
    for (const name of [worker, `${worker}é`]) history.look({ pool: 'p', worker: name }, look, at * 1000);
  }
}

function dump(history: MetricHistory): Record<string, MetricBucket[][]> {
  return Object.fromEntries(
    history.series.map(({ subject, rings }) => [
      `${subject.pool}/${subject.worker}`,
      rings.map((ring) => [...ring.read()]),
    ]),
  );
}

interface Loaded {
  history: MetricHistory;
  file: MetricsFile;
  damaged: number;
}

async function loaded(files: FileSystem): Promise<Loaded> {
  const history = new MetricHistory();
  const file = new MetricsFile(files, FOLDER, history);
  return { damaged: await file.load(), history, file };
}

/** A file of two rounds, and what it says; the third is still in memory. */
async function lived(files: FileSystem): Promise<Loaded> {
  const { history, file, damaged } = await loaded(files);
  for (const round of [0, 1]) {
    live(history, NOON + round * 63, 63);
    await file.save();
  }
  return { file, history, damaged };
}

describe('the file of figures over time', () => {
  it('gives back what was saved, and goes on', async () => {
    const disk = new MemoryDisk();
    const { history } = await lived(disk);
    const next = await loaded(disk);
    assert.equal(next.damaged, 0);
    assert.deepEqual(dump(next.history), dump(history));
    live(next.history, NOON + 126, 63);
    await next.file.save();
    assert.deepEqual(dump((await loaded(disk)).history), dump(next.history));
  });

  it('does not grow while nothing happens', async () => {
    const disk = new MemoryDisk();
    const { file } = await lived(disk);
    const before = disk.content(PATH);
    await file.save();
    assert.deepEqual(disk.content(PATH), before);
  });

  it('stays within twice the room of what it says', async () => {
    const disk = new MemoryDisk();
    const { history, file } = await loaded(disk);
    let rewritten = 0;
    for (let minute = 0, before = 0; minute < 800; minute++) {
      live(history, NOON + minute * 60, 60);
      await file.save();
      const { length } = disk.content(PATH);
      assert.ok(length <= Math.max(256 * 1024, 2 * history.bytes), `${length} bytes`);
      if (length < before) rewritten++;
      before = length;
    }
    assert.ok(rewritten > 0);
    assert.deepEqual(dump((await loaded(disk)).history), dump(history));
    assert.deepEqual(disk.paths(), [PATH]);
  });

  it('goes on from what a power cut has left', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const disk = new MemoryDisk();
      const { file, history } = await lived(disk);
      live(history, NOON + 126, 63, 'b');
      await file.save();
      const dice = new Random(seed, 'power');
      const found = disk.afterPowerCut(() => dice.chance(0.5));
      const next = await loaded(found);
      const known = dump(history);
      for (const [name, rings] of Object.entries(dump(next.history)))
        for (const [level, buckets] of rings.entries())
          for (const { at, observed } of buckets) {
            const original = known[name]![level]!.find((bucket) => bucket.at === at);
            assert.ok(observed <= original!.observed, `seed ${seed}`);
          }
      live(next.history, NOON + 500, 10);
      await next.file.save();
      assert.deepEqual(dump((await loaded(found)).history), dump(next.history), `seed ${seed}`);
    }
  });

  it('is cut where it was broken off, at every byte', async () => {
    const disk = new MemoryDisk();
    await lived(disk);
    const whole = disk.content(PATH);
    for (let length = 0; length <= whole.length; length += 7) {
      const torn = new MemoryDisk();
      torn.put(PATH, whole.subarray(0, length));
      const next = await loaded(torn);
      live(next.history, NOON + 500, 10);
      await next.file.save();
      assert.deepEqual(dump((await loaded(torn)).history), dump(next.history), `${length} bytes`);
    }
  });

  it('passes over what is damaged, says so, and is whole again with the next', async () => {
    const disk = new MemoryDisk();
    await lived(disk);
    const whole = disk.content(PATH);
    for (let position = 100; position < whole.length; position += 211) {
      const bad = Buffer.from(whole);
      bad[position]! ^= 0xff;
      const damaged = new MemoryDisk();
      damaged.put(PATH, bad);
      const { history, file } = await loaded(damaged);
      live(history, NOON + 500, 10);
      await file.save();
      const next = await loaded(damaged);
      assert.equal(next.damaged, 0, `byte ${position}`);
      assert.deepEqual(dump(next.history), dump(history), `byte ${position}`);
    }
    disk.put(PATH, Buffer.from('something else'));
    assert.equal((await loaded(disk)).damaged, 1);
  });

  it('is made again when it was removed', async () => {
    const disk = new MemoryDisk();
    const { file, history } = await lived(disk);
    await disk.remove(PATH);
    live(history, NOON + 126, 10);
    await file.save();
    assert.deepEqual(dump((await loaded(disk)).history), dump(history));
  });

  it('loses nothing by a disk that refuses for a time', async () => {
    for (const step of [
      'create',
      'write',
      'truncate',
      'flushFile',
      'rename',
      'flushFolder',
      'remove',
    ] as const) {
      for (const isAnew of [true, false]) {
        const disk = new MemoryDisk();
        let refuses = false;
        const files = failingFiles(disk, (asked) => (refuses && asked === step ? 'ENOSPC' : undefined));
        const { file, history } = await lived(files);
        if (isAnew) disk.put(PATH, Buffer.alloc(0));
        live(history, NOON + 126, 63);
        refuses = true;
        await file.save().catch(() => undefined);
        refuses = false;
        live(history, NOON + 189, 63);
        await file.save();
        assert.deepEqual(dump((await loaded(disk)).history), dump(history), `${step}, anew: ${isAnew}`);
      }
    }
  });
});
