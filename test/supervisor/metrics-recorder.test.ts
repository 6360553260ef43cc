import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwakeClock } from '../../src/core/awake-clock.ts';
import { pointOf, type MetricPoint } from '../../src/core/metric-bucket.ts';
import { overall } from '../../src/core/metric-history.ts';
import type { WorkerState } from '../../src/core/worker.ts';
import { MetricsRecorder } from '../../src/supervisor/metrics-recorder.ts';
import type { Log } from '../../src/supervisor/log.ts';
import { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { failingFiles } from '../store/failing-files.ts';
import { MemoryDisk } from '../store/memory-disk.ts';

/** A crew of two workers that are looked at once a second, on a disk of its own. */
class Scene {
  readonly clock = new ManualClock();
  readonly #awake = new AwakeClock(this.clock);
  readonly workers = [makeWorker('p-1'), makeWorker('p-2')];
  readonly disk: MemoryDisk;
  readonly errors: string[] = [];
  readonly recorder: MetricsRecorder;
  refuses = false;

  constructor(disk = new MemoryDisk()) {
    this.disk = disk;
    const log: Partial<Log> = { error: (message) => this.errors.push(message) };
    this.recorder = new MetricsRecorder({
      roster: { all: this.workers } as never,
      clock: this.#awake,
      log: log as Log,
      files: failingFiles(disk, (step) => (this.refuses && step === 'create' ? 'ENOSPC' : undefined)),
      stateFolder: '/state',
      restored: { workers: [{ id: 'p-1', jobsDone: 5, jobsFailed: 2 }] as never },
    });
  }

  async live(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1_000);
      this.recorder.tick();
      // What is saved meanwhile.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** When it was looked at the pool, seconds since 1970. */
  times(): number[] {
    const series = this.recorder.history.series.find(({ subject }) => subject.worker === undefined);
    return [...series!.rings[0]!.read()].map(({ at }) => at);
  }

  of(worker?: string): MetricPoint | undefined {
    const series = this.recorder.history.series.find(({ subject }) => subject.worker === worker);
    const whole = series && overall([...series.rings[0]!.read()]);
    return whole && pointOf(whole);
  }
}

function makeWorker(id: string): Worker {
  const worker = new Worker(id, 'p', {});
  worker.state = 'RUNNING';
  worker.memory = 1_000;
  worker.cpu = 50;
  return worker;
}

describe('figures over time of a crew', () => {
  it('are of each worker, and of a pool what its workers are together', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    await scene.live(1);
    const [one, two] = scene.workers;
    one!.assignments = [{}] as never;
    one!.memory = 3_000;
    one!.jobsDone = 7;
    two!.jobsFailed = 1;
    await scene.live(4);
    const { at: _at, ...pool } = scene.of()!;
    assert.deepEqual(pool, {
      observed: 4,
      workers: 2,
      load: 1,
      busy: 0.5,
      memory: 4_000,
      memoryMax: 4_000,
      cpu: 100,
      cpuMax: 100,
      done: 7,
      failed: 1,
      perMinute: 120,
    });
    assert.equal(scene.of('p-1')!.busy, 1);
    assert.equal(scene.of('p-2')!.busy, 0);
    assert.equal(scene.of('p-2')!.memory, 1_000);
  });

  it('count what ended since an earlier supervisor, and not what had ended before', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    scene.workers[0]!.jobsDone = 6;
    scene.workers[0]!.jobsFailed = 2;
    await scene.live(2);
    assert.deepEqual([scene.of('p-1')!.done, scene.of('p-1')!.failed], [1, 0]);
  });

  it('count the last job of a worker that has ended, and then nothing more', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    await scene.live(2);
    for (const worker of scene.workers) worker.state = 'DEAD' satisfies WorkerState;
    scene.workers[1]!.jobsDone++;
    await scene.live(1);
    assert.equal(scene.of()!.done, 1);
    const { observed } = scene.of()!;
    await scene.live(100);
    assert.equal(scene.of()!.observed, observed);
  });

  it('say nothing of what is not known: not measured yet, or elsewhere and silent', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    const [one, two] = scene.workers;
    one!.memory = one!.cpu = undefined;
    two!.profile = { host: 'elsewhere' } as never;
    two!.stalled = true;
    await scene.live(3);
    for (const worker of ['p-1', 'p-2', undefined]) {
      const { memory, memoryMax, cpu, cpuMax } = scene.of(worker)!;
      assert.deepEqual([memory, memoryMax, cpu, cpuMax], [undefined, undefined, undefined, undefined]);
    }
  });

  it('forget the time into which a clock was set that was wrong', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    await scene.live(30);
    scene.clock.setWall(8 * 3_600_000);
    await scene.live(30);
    scene.clock.setWall(-8 * 3_600_000);
    await scene.live(30);
    const [first, ...others] = scene.times();
    assert.ok(others.every((at) => at - first! < 120));
  });

  it('have a gap where the machine slept', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    await scene.live(30);
    scene.clock.sleep(8 * 3_600_000);
    await scene.live(30);
    assert.ok(scene.of()!.observed <= 61);
    const gaps = scene.times().map((at, index, all) => at - (all[index - 1] ?? at));
    assert.ok(Math.max(...gaps) >= 8 * 3_600 - 10);
  });

  it('are saved every minute, and go on with the next supervisor', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    await scene.live(59);
    assert.deepEqual(scene.disk.paths(), []);
    await scene.live(10);
    assert.deepEqual(scene.disk.paths(), ['/state/metrics']);
    // As after a SIGKILL.
    const next = new Scene(scene.disk.copy());
    await next.recorder.start();
    assert.equal(next.of('p-1')!.observed, 59);
    await scene.recorder.end();
    const last = new Scene(scene.disk.copy());
    await last.recorder.start();
    assert.deepEqual(last.of(), scene.of());
  });

  it('write nothing while nobody lives', async () => {
    const scene = new Scene();
    for (const worker of scene.workers) worker.state = 'DEAD';
    await scene.recorder.start();
    await scene.live(200);
    assert.deepEqual(scene.disk.paths(), []);
  });

  it('say once that the disk refuses, and are saved when it does no more', async () => {
    const scene = new Scene();
    await scene.recorder.start();
    scene.refuses = true;
    await scene.live(200);
    assert.deepEqual(scene.errors, ['Figures over time cannot be saved; tried again every minute.']);
    scene.refuses = false;
    await scene.live(60);
    const next = new Scene(scene.disk.copy());
    await next.recorder.start();
    assert.ok(next.of()!.observed > 200);
  });
});
