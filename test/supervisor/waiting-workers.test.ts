/** Workers that have ended and wait for room to be started again: whoever comes after this supervisor must know of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdmissionRefusal } from '../../src/core/admission.ts';
import { Projection } from '../../src/store/projection.ts';
import { answer } from '../../src/store/queries/answer.ts';
import { restoreWorkers } from '../../src/supervisor/adopt.ts';
import { Relaunches } from '../../src/supervisor/relaunches.ts';
import { startWanted } from '../../src/supervisor/start-wanted.ts';
import { Troubles } from '../../src/supervisor/troubles.ts';
import { WaitingWorkers } from '../../src/supervisor/waiting-workers.ts';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { engine } from '../store/dump.ts';
import { NOTHING, POOL, SmallCrew } from './small-crew.ts';

const REFUSAL: AdmissionRefusal = {
  reasons: ['needs 6 GB, 4 GB free'],
  risks: [],
  nextStep: 'Free some.',
} as never;

/** A machine without room. */
class Scene {
  readonly clock = new ManualClock();
  readonly crew = new SmallCrew(this.clock);
  readonly waiting: WaitingWorkers;
  readonly relaunches: Relaunches;
  readonly launcher = {
    launch: async (worker: Worker) => {
      worker.refusal = REFUSAL;
      return { started: false, refusal: REFUSAL };
    },
  };
  wanted = true;

  constructor() {
    const { roster, changes, store, disk } = this.crew;
    const parts = {
      store,
      disk,
      admission: {
        refresh: async () => undefined,
        judge: () => ({ refusal: REFUSAL, devices: [] }),
      },
      launcher: this.launcher,
      roster,
      pools: { settings: () => POOL },
      troubles: new Troubles(changes, this.clock),
      changes,
      clock: this.clock,
      log: { error: () => undefined },
      notice: () => undefined,
      wanted: () => this.wanted,
      writable: () => true,
      isRelaunching: () => false,
      isCalledFor: () => true,
      isEnding: () => false,
      decided: () => undefined,
    };
    this.waiting = new WaitingWorkers(parts as never);
    this.relaunches = new Relaunches({ ...parts, waiting: this.waiting } as never);
  }

  /** It lived, was ended, and `up` wants it back. */
  async holdEnded(): Promise<Worker> {
    const worker = this.crew.start();
    await this.crew.endings.abort(worker);
    this.crew.exit(worker);
    await startWanted(worker, POOL, { reason: 'started with the crew' }, { ...this.crew, ...this });
    return worker;
  }

  /** The next supervisor, with what is recorded. Its workers, and whether each waits. */
  async succeed(): Promise<string[]> {
    const projection = Projection.empty(engine);
    for (const [index, event] of this.crew.store.events.entries())
      projection.apply([{ s: index + 1, n: 1, t: 1_000 + index, e: [event] }]);
    const { workers } = answer(projection, 'restore', {});
    const next = new Scene();
    restoreWorkers({ ...NOTHING, workers }, next.crew.roster, next.clock);
    next.crew.store.knows(workers);
    next.relaunches.launchDue();
    await next.crew.settle();
    return [...next.crew.roster.all].map(
      (worker) => `${worker.id} ${worker.state} ${next.waiting.has(worker) ? 'waits' : 'has ended'}`,
    );
  }
}

describe('a worker that has ended and waits for room', () => {
  it('waits with the next supervisor too', async () => {
    const scene = new Scene();
    const worker = await scene.holdEnded();
    assert.equal(scene.waiting.has(worker), true);
    assert.deepEqual(await scene.succeed(), ['p-1 DEAD waits']);
  });

  it('and is given up by a person is not started by the next supervisor', async () => {
    const scene = new Scene();
    scene.waiting.giveUp(await scene.holdEnded());
    assert.deepEqual(await scene.succeed(), ['p-1 DEAD has ended']);
  });

  it('is not waited with when the crew was ended', async () => {
    const scene = new Scene();
    await scene.holdEnded();
    scene.wanted = false;
    scene.waiting.tick();
    assert.deepEqual(await scene.succeed(), ['p-1 DEAD has ended']);
  });
});
