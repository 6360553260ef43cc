import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { CrewFile } from '../../src/core/crew-file.ts';
import { readSettings } from '../../src/core/settings.ts';
import type { PoolSettings } from '../../src/core/pool.ts';
import { launchMarker } from '../../src/keeper/launch-marker.ts';
import { Cleanup } from '../../src/supervisor/cleanup.ts';
import type { CrewFileSource } from '../../src/supervisor/crew-file-source.ts';
import type { PoolRegister } from '../../src/supervisor/pool-register.ts';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { waitFor } from '../wait-for.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const WORKSPACE = '/somewhere/of/cleanup.test';
const SECOND = 1_000;

/** Workers of one pool; the crew file asks for `wanted` of them. */
class Scene {
  readonly clock = new ManualClock();
  readonly crew = new SmallCrew(this.clock, { autoRestart: [] });
  readonly log: string[] = [];
  file: CrewFile | undefined;
  readonly relaunching = new Set<Worker>();
  readonly cleanup: Cleanup;

  constructor(wanted: number, cleanup?: number) {
    const pool: PoolSettings = { ...POOL, workers: wanted, ...(cleanup === undefined ? {} : { cleanup }) };
    this.file = { pools: [pool], batches: [], problems: [], warnings: [], written: {} };
    const note = (line: string): void => void this.log.push(line);
    this.cleanup = new Cleanup({
      settings: { current: readSettings([]).settings },
      roster: this.crew.roster,
      pools: { settings: () => pool, all: [pool].values() } as unknown as PoolRegister,
      crewFile: { read: () => this.file } as unknown as CrewFileSource,
      clock: this.clock,
      log: { info: note, warn: note, error: note },
      workspace: WORKSPACE,
      relaunches: { isUnderWay: (worker) => this.relaunching.has(worker) },
      waiting: { has: () => false },
    });
  }

  ended(): Worker {
    const worker = this.crew.start();
    this.crew.exit(worker);
    return worker;
  }

  get left(): string[] {
    return [...this.crew.roster.all].map(({ id }) => id);
  }

  async pass(seconds: number): Promise<void> {
    this.clock.advance(seconds * SECOND);
    const said = this.log.length;
    this.cleanup.tick();
    await this.crew.settle();
    return waitFor('the look to be over', () => this.log.length > said, { seconds: 2 }).catch(
      () => undefined,
    );
  }
}

describe('the cleanup', () => {
  it('removes what nobody wants when it is old enough, and keeps what the crew file asks for', async () => {
    const scene = new Scene(2);
    const workers = [scene.ended(), scene.ended(), scene.ended(), scene.crew.start()];
    assert.equal(workers[0]!.state, 'FAILED');
    scene.clock.advance(299 * SECOND);
    scene.cleanup.tick();
    await scene.crew.settle();
    assert.equal(scene.left.length, 4);
    await scene.pass(10);
    await waitFor('two to be removed', () => scene.left.length === 2);
    // One lives, so that one more is wanted: the first that ended.
    assert.deepEqual(scene.left, ['p-1', 'p-4']);
    assert.equal(scene.crew.events('worker.removed').length, 2);
  });

  it('waits as long as the pool says, and for one that is about to be started again', async () => {
    const scene = new Scene(0, 3600);
    scene.relaunching.add(scene.ended());
    scene.ended();
    scene.clock.advance(3599 * SECOND);
    scene.cleanup.tick();
    await scene.crew.settle();
    assert.equal(scene.left.length, 2);
    await scene.pass(10);
    await waitFor('the other to be removed', () => scene.left.length === 1);
    assert.deepEqual(scene.left, ['p-1']);
  });

  it('takes a crew file with problems for what it said before, and one that is gone for no wish', async () => {
    const scene = new Scene(1);
    scene.ended();
    const problems = [{ message: 'x', line: 1, column: 1 }];
    scene.file = { pools: [], batches: [], problems, warnings: [], written: {} };
    scene.clock.advance(400 * SECOND);
    scene.cleanup.tick();
    await scene.crew.settle();
    assert.deepEqual(scene.left, ['p-1']);
    scene.file = undefined;
    await scene.pass(10);
    await waitFor('it to be removed', () => scene.left.length === 0);
  });

  it('removes none of which a process lives, and says which', async (t) => {
    if (process.platform !== 'linux') return t.skip('finds processes by their environment');
    const scene = new Scene(0);
    const worker = scene.ended();
    const env = {
      ...process.env,
      NIGHTCREW_WORKER_ID: worker.id,
      NIGHTCREW_LAUNCH_MARKER: launchMarker(WORKSPACE, worker.id, worker.launch),
    };
    const left = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], { env });
    await once(left.stdout, 'data');
    try {
      await scene.pass(400);
      assert.deepEqual(scene.left, [worker.id]);
      assert.match(
        scene.log.at(-1)!,
        new RegExp(`p-1 stays on the list: process ${left.pid} of it still lives`),
      );
      await assert.rejects(scene.cleanup.remove(worker), /still lives/);
    } finally {
      left.kill('SIGKILL');
      await once(left, 'exit');
    }
    await scene.cleanup.remove(worker);
    assert.deepEqual(scene.left, []);
  });

  it('does not remove one that was started again while its processes were looked for', async () => {
    const scene = new Scene(0);
    const worker = scene.ended();
    const removal = assert.rejects(scene.cleanup.remove(worker), /was started again meanwhile/);
    scene.crew.launch(worker);
    await removal;
  });
});
