/** Whether a worker is still started again when what people want has changed while the disk or the machine was asked. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Relaunches } from '../../src/supervisor/relaunches.ts';
import { Worker } from '../../src/supervisor/worker.ts';
import { POOL } from './small-crew.ts';

class Scene {
  readonly worker: Worker = new Worker('p-1', 'p', {});
  readonly launched: string[] = [];
  readonly relaunches: Relaunches;
  wanted = true;
  isCalledFor = true;
  letWrite: () => void = () => undefined;

  constructor() {
    const written = new Promise<void>((resolve) => (this.letWrite = resolve));
    this.worker.launch = 1;
    this.worker.state = 'FAILED';
    this.relaunches = new Relaunches({
      clock: { now: () => 0 },
      changes: { worker: () => undefined },
      disk: { writable: () => written },
      admission: { refresh: () => Promise.resolve() },
      launcher: {
        launch: ({ id }: Worker) => {
          this.launched.push(id);
          return Promise.resolve({ started: true });
        },
      },
      pools: { settings: () => POOL },
      roster: { get: () => this.worker, all: [this.worker] },
      wanted: () => this.wanted,
      isCalledFor: () => this.isCalledFor,
      isEnding: () => false,
      decided: () => undefined,
    } as never);
  }
}

describe('a worker that is to be started again', () => {
  it('is started once the record of it can be made', async () => {
    const scene = new Scene();
    const decided = scene.relaunches.relaunch(scene.worker, 'it crashed', false);
    assert.deepEqual(scene.launched, []);
    assert.equal(scene.worker.restartDue, 0, 'nobody takes it for ended for good');
    scene.letWrite();
    await decided;
    assert.deepEqual(scene.launched, ['p-1']);
  });

  it('is not when the crew was ended meanwhile', async () => {
    const scene = new Scene();
    const decided = scene.relaunches.relaunch(scene.worker, 'it crashed', false);
    scene.wanted = false;
    scene.letWrite();
    await decided;
    assert.deepEqual(scene.launched, []);
    assert.equal(scene.relaunches.areUnderWay, false);
  });

  it('is not when its ramp has gone back meanwhile, unless a person asks for it', async () => {
    const scene = new Scene();
    const decided = scene.relaunches.relaunch(scene.worker, 'its job ran out of time', false);
    scene.isCalledFor = false;
    scene.letWrite();
    await decided;
    assert.deepEqual(scene.launched, []);
    await scene.relaunches.relaunch(scene.worker, 'by hand', true);
    assert.deepEqual(scene.launched, ['p-1']);
  });

  it('is by hand, though nobody wants the whole crew', async () => {
    const scene = new Scene();
    scene.wanted = false;
    scene.letWrite();
    await scene.relaunches.relaunch(scene.worker, 'by hand', true);
    assert.deepEqual(scene.launched, ['p-1']);
  });

  it('is not by the next supervisor when the crew was to end', async () => {
    const scene = new Scene();
    scene.worker.ending = {
      reason: 'restarted by hand',
      outcome: 'aborted',
      to: 'DEAD',
      forced: false,
      relaunch: true,
    };
    scene.letWrite();
    scene.wanted = false;
    scene.relaunches.launchDue();
    assert.equal(scene.relaunches.areUnderWay, false);
    scene.wanted = true;
    scene.relaunches.launchDue();
    assert.equal(scene.relaunches.areUnderWay, true);
  });
});
