/** Flags of live workers, and restarts that nobody asked for: what is told, recorded and done when, with a clock turned by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwakeClock } from '../../src/core/awake-clock.ts';
import type { PoolSettings } from '../../src/core/pool.ts';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HEARTBEAT = POOL.heartbeat * SECOND;

class Scene {
  readonly turned = new ManualClock();
  readonly crew: SmallCrew;
  readonly worker: Worker;

  constructor(pool: Partial<PoolSettings> = {}) {
    this.crew = new SmallCrew(new AwakeClock(this.turned), { timeout: 1e6, ...pool });
    this.worker = this.crew.start();
  }

  /** The worker beats all the time, and moves its job so often, if it does. */
  live(milliseconds: number, move?: number): void {
    for (let lived = 0; lived < milliseconds; lived += HEARTBEAT) {
      this.turned.advance(HEARTBEAT);
      this.crew.say(this.worker.handle!, { method: 'worker/heartbeat', params: {} });
      if (move !== undefined && lived % move === 0) this.say(`step ${lived}`);
    }
  }

  say(message: string): void {
    const { job, attempt } = this.worker.current!;
    const params = { jobId: job.id, attempt, message };
    this.crew.say(this.worker.handle!, { method: '$/progress', params });
  }

  async withJob(): Promise<this> {
    this.crew.enqueue(1, {}, 1e6);
    await this.crew.settle();
    assert.ok(this.worker.current);
    return this;
  }

  get notes(): string[] {
    return this.crew.events('worker.noted').map(({ kind }) => kind);
  }
}

describe('a worker that beats', () => {
  it('is stuck when its job stops for five times its longest pause, is told apart, and is left alone', async () => {
    const scene = await new Scene().withJob();
    const { worker, crew } = scene;
    scene.live(60 * MINUTE, 4 * MINUTE);
    assert.equal(worker.stuck, undefined);
    scene.live(15 * MINUTE);
    assert.equal(worker.stuck, undefined, 'slow, not stuck');
    scene.live(10 * MINUTE);
    assert.match(
      worker.stuck!,
      /^job 1: no progress for 2\d min( \d+ s)?; its longest pause until then was 4 min/,
    );
    assert.deepEqual([worker.stalled, crew.judge.isHealthy(worker), crew.killed], [false, false, []]);
    scene.say('step on');
    scene.live(HEARTBEAT);
    assert.equal(worker.stuck, undefined);
    assert.deepEqual(scene.notes, ['stuck', 'moved']);
  });

  it('is not called stuck for the same word said again and again, nor unstuck by it', async () => {
    const scene = await new Scene().withJob();
    scene.live(30 * MINUTE, MINUTE);
    const repeat = (): void => {
      scene.live(MINUTE);
      scene.say('waiting');
    };
    for (let minute = 0; minute < 14; minute++) repeat();
    assert.deepEqual(scene.notes, ['stuck']);
  });

  it('is not stuck after hours in which it was frozen, asleep or not heard', async () => {
    const scene = await new Scene().withJob();
    scene.live(30 * MINUTE, MINUTE);
    scene.turned.advance(120 * MINUTE);
    assert.equal(scene.worker.stalled, true);
    scene.live(MINUTE);
    assert.deepEqual([scene.worker.stalled, scene.worker.stuck], [false, undefined]);
    scene.turned.sleep(600 * MINUTE);
    scene.live(MINUTE);
    assert.deepEqual(scene.notes, ['stalled', 'heard']);
  });

  it('that is restarted when stuck, because its pool says so, loses the attempt and starts again', async () => {
    const scene = await new Scene({ autoRestart: ['stuck'] }).withJob();
    scene.live(30 * MINUTE, MINUTE);
    scene.live(12 * MINUTE);
    const { worker, crew } = scene;
    assert.deepEqual(crew.killed, [worker.handle]);
    assert.deepEqual(scene.notes, ['stuck', 'restarted']);
    crew.exit(worker);
    assert.equal(worker.state, 'STARTING');
    const [ended] = crew.events('job.finished');
    assert.deepEqual([ended!.outcome, ended!.next], ['crashed', 'pending']);
  });
});

describe('a worker that fails', () => {
  const crash = (scene: Scene): void => {
    scene.crew.exit(scene.worker);
    assert.equal(scene.worker.state, 'FAILED');
  };
  const becomes = (scene: Scene, milliseconds: number): void => {
    scene.turned.advance(milliseconds - 100);
    assert.equal(scene.worker.state, 'FAILED', 'not before its time');
    scene.turned.advance(SECOND);
    assert.equal(scene.worker.state, 'STARTING');
    scene.crew.register(scene.worker);
  };

  it('is started again three times an hour, each time later, and then left and told of once', () => {
    const scene = new Scene();
    for (const delay of [SECOND, 10 * SECOND, MINUTE]) {
      crash(scene);
      becomes(scene, delay);
    }
    crash(scene);
    scene.turned.advance(50 * MINUTE);
    assert.equal(scene.worker.state, 'FAILED');
    assert.equal(scene.crew.notices.length, 1);
    assert.match(scene.crew.notices[0]!, /^p-1 was restarted 3 times within an hour; not again for 5\d min/);
    assert.deepEqual(scene.notes, ['restarted', 'restarted', 'restarted', 'given-up']);
    scene.turned.advance(12 * MINUTE);
    assert.equal(scene.worker.state, 'STARTING', 'the first is an hour ago');
    scene.crew.register(scene.worker);
    crash(scene);
    assert.equal(scene.crew.notices.length, 1, 'told once');
  });

  it('and is restarted by hand is not restarted twice, and the hand is not counted', () => {
    const scene = new Scene();
    crash(scene);
    scene.crew.start(scene.worker);
    scene.turned.advance(5 * SECOND);
    assert.deepEqual([scene.worker.launch, scene.notes], [2, []]);
    crash(scene);
    becomes(scene, SECOND);
  });

  it('stays as it is where its pool says so, and when it was asked to end', () => {
    const off = new Scene({ autoRestart: [] });
    crash(off);
    off.turned.advance(10 * MINUTE);
    assert.equal(off.worker.state, 'FAILED');
    const drained = new Scene();
    drained.crew.endings.drain(drained.worker);
    drained.crew.exit(drained.worker);
    drained.turned.advance(10 * MINUTE);
    assert.equal(drained.worker.state, 'DEAD');
  });

  it('goes on being counted by a later supervisor, whatever the clock was set to', () => {
    const scene = new Scene();
    scene.worker.autoRestarts = [0, 10, 20].map((minutes) => scene.crew.clock.monotonic() - minutes * MINUTE);
    scene.worker.state = 'RUNNING';
    crash(scene);
    scene.turned.setWall(-86_400_000);
    scene.turned.advance(30 * MINUTE);
    assert.equal(scene.worker.state, 'FAILED');
  });
});

describe('a worker that says nothing', () => {
  it('is recorded as stalled, and is restarted only where its pool says so', async () => {
    const left = new Scene();
    left.turned.advance(10 * MINUTE);
    assert.deepEqual([left.notes, left.crew.killed], [['stalled'], []]);
    const restarted = new Scene({ autoRestart: ['stalled'] });
    await restarted.crew.settle();
    restarted.turned.advance(10 * MINUTE);
    assert.deepEqual(restarted.crew.killed, [restarted.worker.handle]);
  });

  it('is told of when its errors pass the alert, once', async () => {
    const scene = new Scene();
    scene.worker.process = { pid: 1, startTime: '1', bootId: 'b' };
    scene.worker.outcomes = 'xx........';
    scene.live(MINUTE);
    assert.deepEqual(scene.crew.notices, ['p-1: 2 of its last 10 attempts failed (limit 10 %)']);
  });
});
