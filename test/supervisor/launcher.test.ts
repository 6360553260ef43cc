/** A keeper that dies at its start and a disk that is full are no fault of the workers that wait for them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeeperError, type KeptProcess } from '../../src/keeper/contract.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { Changes } from '../../src/supervisor/changes.ts';
import { KeeperLink } from '../../src/supervisor/keeper-link.ts';
import { Launcher } from '../../src/supervisor/launcher.ts';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const quiet = (): void => undefined;

/** A crew, and what starts its workers by a keeper that answers as the test says. */
class Scene {
  readonly clock = new ManualClock();
  readonly crew = new SmallCrew(this.clock);
  readonly launcher: Launcher;
  readonly failed: string[] = [];
  /** Workers that were given a process, in order. */
  readonly spawned: string[] = [];

  constructor(keeperError?: KeeperError) {
    const client = {
      spawn: async ({ worker, launch }: { worker: string; launch: number }) => {
        this.spawned.push(worker);
        const identity = { pid: 7, startTime: '1', bootId: 'b' };
        return { handle: this.spawned.length, worker, launch, identity } as KeptProcess;
      },
    };
    const keeper = new KeeperLink(
      {
        open: () => (keeperError ? Promise.reject(keeperError) : Promise.resolve(client as never)),
        takeOver: async () => undefined,
      },
      { onMessage: quiet, onExit: quiet, onStray: quiet, onDisconnected: quiet },
    );
    this.launcher = new Launcher({
      store: this.crew.disk,
      roster: this.crew.roster,
      changes: new Changes(),
      admission: { judge: () => ({ refusal: undefined, devices: [] }) },
      pools: { settings: () => POOL } as never,
      keeper,
      clock: this.clock,
      log: { info: quiet, warn: quiet, error: quiet },
      workspace: '/workspace',
      logFolder: () => '/workspace/logs',
      distribution: '/distribution',
      tokenSecret: () => 'secret',
      failed: ({ id }) => void this.failed.push(id),
    });
    this.crew.withdraw = (worker) => this.launcher.withdraw(worker);
  }

  fillDisk(): void {
    const cause = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    this.crew.store.refusal = new StoreError('full', '/state/journal', 'Free some space.', { cause });
  }

  /** The gate's next try comes through. */
  async freeDisk(): Promise<void> {
    this.crew.store.refusal = undefined;
    this.clock.advance(1_000);
    await this.crew.settle();
  }

  async launch(): Promise<Worker> {
    const worker = this.crew.roster.add('p', {});
    await this.launcher.launch(worker, POOL, 'started');
    return worker;
  }
}

describe('a launch for which no keeper is there', () => {
  for (const code of ['EPIPE', 'ENOENT', 'ECONNREFUSED', 'ETIMEDOUT', 'ECONNRESET']) {
    it(`stays STARTING after ${code}, for the next keeper to complete`, async () => {
      const { crew, launcher } = new Scene(new KeeperError(code, 'the keeper ended at its start'));
      const worker = crew.roster.add('p', {});
      await launcher.launch(worker, POOL, 'started');
      assert.deepEqual([worker.state, worker.lastError], ['STARTING', undefined]);
      assert.equal(launcher.isUnderWay(worker), false);
    });
  }
});

describe('a launch that meets a full disk', () => {
  it('stays STARTING, is held against nobody, and gets its process when the disk takes writes again', async () => {
    const scene = new Scene();
    scene.fillDisk();
    const worker = await scene.launch();
    scene.clock.advance(3_600_000);
    await scene.crew.settle();
    assert.deepEqual([worker.state, worker.lastError, worker.ending], ['STARTING', undefined, undefined]);
    assert.deepEqual([scene.failed, scene.spawned], [[], []]);
    assert.equal(scene.launcher.isUnderWay(worker), true, 'a new keeper must not complete it a second time');
    await scene.freeDisk();
    assert.deepEqual([worker.state, scene.spawned], ['STARTING', ['p-1']]);
    assert.equal(scene.launcher.isUnderWay(worker), false);
    // It has the whole time to register.
    assert.equal(worker.startupDeadline, scene.clock.monotonic() + POOL.startup * 1_000);
  });

  it('that is ended meanwhile is over at once, and gets no process later', async () => {
    const scene = new Scene();
    scene.fillDisk();
    const worker = await scene.launch();
    await scene.crew.endings.abort(worker);
    assert.deepEqual([worker.state, worker.reason], ['DEAD', 'aborted']);
    assert.equal(scene.launcher.isUnderWay(worker), false);
    await scene.freeDisk();
    assert.deepEqual(scene.spawned, []);
  });

  it('though the disk has some room, when what waits to be written needs more', async () => {
    const scene = new Scene();
    scene.crew.free = 3 * 1024 * 1024;
    scene.crew.store.unwritten = 4 * 1024 * 1024;
    scene.fillDisk();
    await scene.launch();
    assert.ok(scene.crew.disk.blocked, 'nobody would be told');
    scene.crew.store.unwritten = 0;
    await scene.freeDisk();
    assert.deepEqual(scene.spawned, ['p-1']);
  });
});
