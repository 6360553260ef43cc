import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Changes } from '../../src/supervisor/changes.ts';
import { Monitor } from '../../src/supervisor/monitor.ts';
import { ManualClock } from '../manual-clock.ts';
import { SmallCrew } from './small-crew.ts';

/** A crew of one, whose tree is measured as the test says. */
class Scene {
  readonly clock = new ManualClock();
  readonly crew = new SmallCrew(this.clock);
  readonly worker = this.crew.start();
  watched = false;
  rounds = 0;
  readonly monitor = new Monitor({
    roster: this.crew.roster,
    pools: { settings: () => undefined } as never,
    probe: {
      measure: async (roots) => {
        this.rounds++;
        return new Map(roots.map(({ pid }) => [pid, { memory: 7e8, cpu: 150 }]));
      },
    },
    workspace: '/w',
    clock: this.clock,
    changes: new Changes(),
    log: { error: assert.fail } as never,
    peaks: { note: () => undefined } as never,
    watched: () => this.watched,
  });

  constructor() {
    this.worker.process = { pid: 4711, startTime: '1', bootId: 'b' };
  }
}

describe('memory and CPU of a worker', () => {
  const report = { method: 'worker/heartbeat', params: { memory: 1e6, cpu: 3 } };

  it('are of its whole tree as it is measured here, whatever it says of itself', async () => {
    const { crew, monitor, worker } = new Scene();
    crew.say(worker.handle!, report);
    assert.deepEqual([worker.memory, worker.cpu], [undefined, undefined]);
    await monitor.sample();
    crew.say(worker.handle!, report);
    assert.deepEqual([worker.memory, worker.cpu], [7e8, 150]);
  });

  it('are what it says of itself when it runs elsewhere: here is only the way to it', async () => {
    const { crew, monitor, worker } = new Scene();
    worker.profile!.host = 'elsewhere';
    await monitor.sample();
    assert.deepEqual([worker.memory, worker.cpu], [undefined, undefined]);
    crew.say(worker.handle!, report);
    await monitor.sample();
    assert.deepEqual([worker.memory, worker.cpu], [1e6, 3]);
  });

  it('are measured every 2 s while somebody looks, else every 10', async () => {
    const scene = new Scene();
    const live = async (seconds: number): Promise<number> => {
      const before = scene.rounds;
      for (let second = 0; second < seconds; second++) {
        scene.monitor.tick();
        await scene.crew.settle();
        scene.clock.advance(1_000);
      }
      return scene.rounds - before;
    };
    assert.equal(await live(60), 6);
    scene.watched = true;
    assert.equal(await live(60), 30);
  });
});
