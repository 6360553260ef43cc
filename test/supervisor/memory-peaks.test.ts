import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { REMEMBERED_LAUNCHES } from '../../src/core/memory-need.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { MemoryPeaks } from '../../src/supervisor/memory-peaks.ts';
import { Worker } from '../../src/supervisor/worker.ts';
import { engine } from '../store/dump.ts';

const GB = 1e9;

class Scene {
  readonly events: JournalEvent[] = [];
  peaks: MemoryPeaks;
  readonly #workers = new Map<string, Worker>();

  constructor() {
    this.peaks = this.#successor([]);
  }

  worker(id: string): Worker {
    const worker = this.#workers.get(id) ?? new Worker(id, 'sim', {});
    this.#workers.set(id, worker);
    return worker;
  }

  /** It computes a job and is measured. */
  measure(id: string, memory: number, task = 'run'): void {
    const worker = this.worker(id);
    worker.assignments = [{ job: { task } as never, attempt: 1, frame: 1, size: 0 }];
    worker.memory = memory;
    this.peaks.note(worker);
  }

  end(id: string): void {
    this.peaks.settle(this.worker(id));
    this.worker(id).launch++;
  }

  /** Another supervisor, that knows what the journal holds. */
  restart(): void {
    const projection = Projection.empty(engine);
    for (const [index, event] of this.events.entries())
      projection.apply([{ s: index + 1, n: 1, t: index, e: [event] }]);
    const { peaks } = answer(projection, 'restore', {});
    projection.database.close();
    this.peaks = this.#successor(peaks);
  }

  #successor(restored: ConstructorParameters<typeof MemoryPeaks>[1]): MemoryPeaks {
    const append = (event: JournalEvent): void => void this.events.push(event);
    return new MemoryPeaks({ append } as never, restored);
  }
}

describe('peaks of memory', () => {
  it('are recorded when they are notably more than all before, and when a launch ends', () => {
    const scene = new Scene();
    for (const memory of [1, 1.05, 1.09, 1.5, 1.2, 1.6]) scene.measure('sim-1', memory * GB);
    assert.deepEqual(
      scene.events.map((event) => (event as { bytes: number }).bytes / GB),
      [1, 1.5],
    );
    assert.equal(scene.peaks.of('sim').get('run'), 1.6 * GB);
    scene.end('sim-1');
    scene.end('sim-1');
    assert.equal(scene.events.length, 3);
    scene.restart();
    assert.deepEqual([...scene.peaks.of('sim')], [['run', 1.6 * GB]]);
  });

  it('are kept for each task', () => {
    const scene = new Scene();
    scene.measure('sim-1', GB, 'small');
    scene.measure('sim-1', 6 * GB, 'large');
    scene.measure('sim-1', 2 * GB, 'small');
    assert.deepEqual(
      [...scene.peaks.of('sim')],
      [
        ['small', 2 * GB],
        ['large', 6 * GB],
      ],
    );
  });

  it('cost nothing while nothing grows, with however many workers', () => {
    const scene = new Scene();
    for (let round = 0; round < 50; round++)
      for (let number = 0; number < 40; number++) scene.measure(`sim-${number}`, GB);
    assert.equal(scene.events.length, 1);
  });

  it('forget an outlier after some launches', () => {
    const scene = new Scene();
    scene.measure('sim-1', 9 * GB);
    scene.end('sim-1');
    for (let launch = 0; launch < REMEMBERED_LAUNCHES; launch++) {
      assert.equal(scene.peaks.of('sim').get('run'), 9 * GB);
      scene.measure('sim-1', GB);
      scene.end('sim-1');
    }
    assert.equal(scene.peaks.of('sim').get('run'), GB);
  });

  it('are the same to the next supervisor, whatever happened', () => {
    const step = fc.record({
      worker: fc.nat({ max: 30 }),
      tenths: fc.integer({ min: 1, max: 50 }),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const scene = new Scene();
        for (const { worker, tenths, ends } of steps) {
          scene.measure(`sim-${worker}`, tenths * 1e8);
          if (ends) scene.end(`sim-${worker}`);
        }
        for (let number = 0; number <= 30; number++) scene.end(`sim-${number}`);
        const known = [...scene.peaks.of('sim')];
        scene.restart();
        assert.deepEqual([...scene.peaks.of('sim')], known);
      }),
      { numRuns: 20 },
    );
  });
});
