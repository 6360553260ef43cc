/** What the watch believes when the time it is shown cannot be trusted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwakeClock } from '../../src/core/awake-clock.ts';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const SECOND = 1_000;
const DAY = 86_400_000;
const HEARTBEAT = POOL.heartbeat * SECOND;

class Scene {
  readonly turned = new ManualClock();
  readonly crew = new SmallCrew(new AwakeClock(this.turned));
  readonly worker: Worker;
  #beat: () => void = () => undefined;

  constructor({ registered = true } = {}) {
    this.worker = registered ? this.crew.start() : this.crew.launch();
    this.worker.startupDeadline ??= Infinity;
  }

  /** As the SDKs do: a timer of the process's own, late when it was asleep. */
  beating(): this {
    const { handle } = this.worker;
    const beat = (): void => {
      this.crew.say(handle!, { method: 'worker/heartbeat', params: {} });
      this.#beat = this.turned.after(HEARTBEAT, beat);
    };
    this.#beat = this.turned.after(HEARTBEAT, beat);
    return this;
  }

  silent(): void {
    this.#beat();
  }
}

describe('the watch', () => {
  it('calls nobody stalled who beats in its own time awake, whatever the clocks do', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('pass'), by: fc.integer({ min: 1, max: 120 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('sleep'), by: fc.integer({ min: 1, max: 90_000 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('wall'), by: fc.integer({ min: -90_000, max: 90_000 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { turned, crew, worker } = new Scene().beating();
        for (const action of steps) {
          if (action.do === 'pass') turned.advance(action.by * SECOND);
          else if (action.do === 'sleep') turned.sleep(action.by * SECOND);
          else turned.setWall(action.by * SECOND);
          assert.equal(worker.stalled, false);
        }
        assert.deepEqual(crew.killed, []);
        assert.equal(worker.state, 'RUNNING');
      }),
      { numRuns: 200 },
    );
  });

  it('calls a worker stalled that is silent for six heartbeats and a second look, and takes it back', () => {
    const { turned, crew, worker } = new Scene();
    turned.advance(6 * HEARTBEAT);
    assert.equal(worker.stalled, false);
    turned.advance(3 * SECOND);
    assert.equal(worker.stalled, false, 'suspected, not believed');
    turned.advance(HEARTBEAT);
    assert.equal(worker.stalled, true);
    turned.advance(10 * HEARTBEAT);
    assert.deepEqual(crew.killed, [], 'time alone ends nobody');
    crew.say(worker.handle!, { method: 'worker/heartbeat', params: {} });
    assert.equal(worker.stalled, false);
  });

  it('gives no job to a worker that is stalled, and one at once when it is heard again', async () => {
    const { turned, crew, worker } = new Scene();
    turned.advance(8 * HEARTBEAT);
    assert.equal(worker.stalled, true);
    crew.enqueue();
    await crew.settle();
    assert.equal(worker.assignments.length, 0);
    crew.say(worker.handle!, { method: 'worker/heartbeat', params: {} });
    await crew.settle();
    assert.equal(worker.current?.job.id, 1);
  });

  it('calls a worker elsewhere offline after ten heartbeats, and gives it up after sixty if it has no job', async () => {
    const { turned, crew, worker } = new Scene();
    const handle = worker.handle!;
    worker.profile!.host = 'elsewhere';
    turned.advance(10 * HEARTBEAT);
    assert.deepEqual([worker.stalled, worker.offline], [true, false]);
    turned.advance(2 * SECOND);
    assert.deepEqual([worker.stalled, worker.offline], [true, true]);
    turned.sleep(DAY);
    turned.advance(48 * HEARTBEAT);
    await crew.settle();
    assert.deepEqual(crew.killed, [], 'a sleep is no silence');
    turned.advance(2 * HEARTBEAT);
    await crew.settle();
    assert.deepEqual(crew.killed, [handle]);
    crew.exit(worker);
    await crew.settle();
    assert.equal(worker.state, 'FAILED');
    assert.match(worker.reason, /^offline: not heard for 5 min.*, and without a job$/);
  });

  it('never gives up a worker elsewhere that has a job, nor one here', async () => {
    const busy = new Scene();
    busy.worker.profile!.host = 'elsewhere';
    busy.crew.enqueue(1, {}, 30 * 86_400);
    await busy.crew.settle();
    busy.turned.advance(DAY);
    assert.equal(busy.worker.offline, true);
    const here = new Scene();
    here.turned.advance(DAY);
    assert.deepEqual([here.worker.stalled, here.worker.offline], [true, false]);
    assert.deepEqual([busy.crew.killed, here.crew.killed], [[], []]);
  });

  it('ten minutes without anybody, over and over, use up no limit, no grace and no patience', async () => {
    const { turned, crew, worker } = new Scene().beating();
    crew.enqueue();
    await crew.settle();
    assert.equal(worker.current?.job.id, 1);
    const starting = crew.launch();
    starting.startupDeadline = undefined;
    for (let night = 0; night < 20; night++) {
      turned.sleep(600 * SECOND);
      turned.setWall(night % 2 === 0 ? DAY : -2 * DAY);
      turned.advance(SECOND);
    }
    await crew.settle();
    assert.equal(worker.current.interrupted, undefined, 'within its limit of 60 s');
    // Each night counts as one beat, so the limit comes when the job has lived its time.
    turned.advance(22 * SECOND);
    assert.equal(worker.assignments[0]?.interrupted?.outcome, 'timed-out');
    turned.sleep(600 * SECOND);
    turned.advance(5 * SECOND);
    assert.deepEqual(crew.killed, [], 'within the grace of 10 s');
    turned.advance(8 * SECOND);
    assert.deepEqual(crew.killed, [worker.handle]);
  });

  it('a worker that starts while the machine sleeps has its time to register', async () => {
    const { turned, crew, worker } = new Scene({ registered: false });
    await crew.settle();
    worker.startupDeadline = crew.clock.monotonic() + POOL.startup * SECOND;
    turned.sleep(600 * SECOND);
    turned.advance(20 * SECOND);
    assert.deepEqual(crew.killed, []);
    turned.advance(15 * SECOND);
    assert.deepEqual(crew.killed, [worker.handle]);
  });

  it('a stop that is asked for before a sleep is not forced because of it', async () => {
    const { turned, crew, worker } = new Scene().beating();
    crew.enqueue();
    await crew.settle();
    crew.endings.stop(worker, { reason: 'stopped' });
    turned.sleep(600 * SECOND);
    turned.advance(5 * SECOND);
    assert.deepEqual(crew.killed, []);
    turned.advance(8 * SECOND);
    assert.deepEqual(crew.killed, [worker.handle]);
  });

  it('a frozen worker is not called stalled, and its job loses none of its time', async () => {
    const { turned, crew, worker } = new Scene().beating();
    crew.enqueue();
    await crew.settle();
    turned.advance(50 * SECOND);
    await crew.freezer.freeze(worker);
    assert.deepEqual(crew.freezes, [{ handle: worker.handle, frozen: true }]);
    // It says nothing while it is stopped, for far longer than the 60 s that its job may take.
    turned.advance(1_000 * SECOND);
    assert.deepEqual([worker.stalled, worker.current?.interrupted, crew.killed], [false, undefined, []]);
    await crew.freezer.continue(worker);
    assert.equal(crew.freezes.at(-1)?.frozen, false);
    turned.advance(9 * SECOND);
    assert.equal(worker.current?.interrupted, undefined, 'the rest of its limit');
    turned.advance(3 * SECOND);
    assert.equal(worker.assignments[0]?.interrupted?.outcome, 'timed-out');
    assert.deepEqual(
      crew.events('worker.frozen').map(({ frozen }) => frozen),
      [true, false],
    );
  });

  it('a frozen worker takes no job, and one that is to end goes on first', async () => {
    const { crew, worker } = new Scene().beating();
    await crew.freezer.freeze(worker);
    crew.enqueue();
    await crew.settle();
    assert.deepEqual(worker.assignments, []);
    crew.endings.stop(worker, { reason: 'stopped' });
    assert.deepEqual(crew.freezes.at(-1), { handle: worker.handle, frozen: false });
    crew.exit(worker);
    assert.equal(worker.frozen, undefined);
  });

  it('a job that a person cancels ends also when its worker is frozen', async () => {
    const { turned, crew, worker } = new Scene().beating();
    crew.enqueue();
    await crew.settle();
    await crew.freezer.freeze(worker);
    crew.attempts.interrupt(worker, worker.current!, 'cancelled');
    turned.advance(12 * SECOND);
    assert.deepEqual(crew.killed, [worker.handle]);
  });

  it('a worker that cannot be frozen is not taken for one that is', async () => {
    const { crew, worker } = new Scene().beating();
    crew.roster.hold(worker, undefined);
    await assert.rejects(crew.freezer.freeze(worker), /there is no keeper at the moment/);
    assert.equal(worker.frozen, undefined);
    assert.deepEqual(
      crew.events('worker.frozen').map(({ frozen }) => frozen),
      [true, false],
    );
  });

  it('a clock that goes back by a day makes no attempt end before it began', async () => {
    const { turned, crew, worker } = new Scene().beating();
    crew.enqueue(2);
    await crew.settle();
    turned.setWall(-DAY);
    crew.say(worker.handle!, { id: '1.1', result: { result: 1 } });
    const [first] = crew.events('job.finished');
    assert.ok(first!.finishedAt >= first!.startedAt);
    await crew.settle();
    turned.setWall(2 * DAY);
    turned.advance(SECOND);
    crew.say(worker.handle!, { id: '2.1', result: { result: 1 } });
    assert.equal(crew.events('job.finished').length, 2);
    assert.deepEqual(crew.log, []);
  });
});
