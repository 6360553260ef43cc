import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdmissionRefusal } from '../../src/core/admission.ts';
import type { AlertFact } from '../../src/core/alert.ts';
import type { AttemptFact } from '../../src/core/ramp.ts';
import type { RestoredState } from '../../src/store/restored-state.ts';
import type { IncidentFacts, PoolFigures } from '../../src/supervisor/incidents.ts';
import { PoolSize } from '../../src/supervisor/pool-size.ts';
import { Ramps } from '../../src/supervisor/ramps.ts';
import type { Worker } from '../../src/supervisor/worker.ts';
import { ManualClock } from '../manual-clock.ts';
import { POOL, SmallCrew } from './small-crew.ts';

const SECOND = 1_000;
const HOUR = 3_600;
const SETTINGS = {
  ...POOL,
  workers: 3,
  // Nobody beats here.
  heartbeat: 1_000_000,
  grace: 1_000_000,
  ramp: {
    steps: [
      { workers: 2, soak: 2 * HOUR },
      { workers: 3, soak: 4 * HOUR },
    ],
  },
};

/** A pool whose workers have jobs that end when the test says so. */
class Scene {
  readonly clock = new ManualClock();
  readonly crew = new SmallCrew(this.clock, { ...SETTINGS, autoRestart: [] });
  readonly notices: string[] = [];
  readonly alerts: AlertFact[] = [];
  readonly reports: IncidentFacts[] = [];
  readonly held = new Set<Worker>();
  /** What the store knows of attempts when a supervisor starts. */
  recorded: AttemptFact[] = [];
  refusal: AdmissionRefusal | undefined;
  wanted = true;
  ramps: Ramps;

  constructor() {
    this.ramps = this.#ramps([]);
    this.crew.changes.onJobEnded(({ id, finishedAt, ...attempt }) =>
      this.ramps.attemptEnded(attempt.pool, { ...attempt, job: id, at: finishedAt }),
    );
    this.crew.enqueue(20, {}, 1_000_000);
  }

  get state(): string {
    return this.ramps.view('p')?.text ?? 'none';
  }

  get soaked(): number {
    return this.ramps.view('p')?.soaked ?? 0;
  }

  get workers(): string[] {
    return this.crew.roster.ofPool('p').map(({ id, state }) => `${id} ${state}`);
  }

  act(action: Parameters<Ramps['act']>[0]): string {
    return this.ramps.act(action, SETTINGS);
  }

  async start(): Promise<void> {
    this.act('start');
    await this.crew.settle();
  }

  /** Seconds in which the supervisor lives. */
  async live(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(SECOND);
      this.ramps.tick();
      // What comes of it must be there before the next one.
      if (this.soaked === 0) await this.crew.settle();
    }
    await this.crew.settle();
  }

  /** Its successor comes after `seconds`, and knows what is recorded. */
  async succeed(seconds: number, isKilled = true): Promise<void> {
    if (!isKilled) this.ramps.end();
    this.clock.advance(seconds * SECOND);
    const ramps: RestoredState['ramps'] = [];
    for (const event of this.crew.store.events) {
      if (event.type === 'ramp.moved') ramps[0] = { ...event.ramp, since: 0 };
      if (event.type === 'ramp.soaked') ramps[0]!.soaked = event.soaked;
    }
    this.ramps = this.#ramps(ramps);
    await this.ramps.resume();
    await this.crew.settle();
  }

  #ramps(ramps: RestoredState['ramps']): Ramps {
    const { crew } = this;
    const launcher = {
      launch: async (worker: Worker) => {
        if (!this.refusal) crew.start(worker);
        else worker.refusal = this.refusal;
        return this.refusal ? { started: false, refusal: this.refusal } : { started: true };
      },
    };
    const waiting = {
      hold: (worker: Worker) => this.held.size === this.held.add(worker).size,
      has: (worker: Worker) => this.held.has(worker),
      giveUp: (worker: Worker) => this.held.delete(worker),
    };
    const note = (line: string): void => void crew.log.push(line);
    const log = { info: note, warn: note, error: note };
    const { roster, endings, changes, store } = crew;
    return new Ramps(
      {
        store: {
          append: (event) => store.append(event),
          query: async () => ({ attempts: this.recorded }) as never,
        },
        roster,
        pools: { settings: () => SETTINGS },
        size: new PoolSize({ roster, endings, launcher, waiting, log }),
        waiting,
        admission: { refresh: async () => undefined },
        incidents: {
          write: async (facts) => void this.reports.push(facts),
          has: (name) => this.reports.some((report) => report.name === name),
          folder: (name) => `incidents/${name}`,
        },
        clock: this.clock,
        changes,
        log,
        wanted: () => this.wanted,
        writable: () => true,
        figures: () => ({ workers: roster.ofPool('p').map(({ id }) => ({ id })) }) as unknown as PoolFigures,
        notice: ({ message }) => void this.notices.push(message),
        tell: (fact) => void this.alerts.push(fact),
      },
      { ramps },
    );
  }
}

describe('a ramp', () => {
  it('goes from step to step, each after the time that it was to work soundly', async () => {
    const scene = new Scene();
    assert.equal(scene.state, 'planned: 2 workers for 2 h, 3 for 4 h');
    await scene.start();
    assert.deepEqual(scene.workers, ['p-1 RUNNING', 'p-2 RUNNING']);
    await scene.live(2 * HOUR - 1);
    assert.equal(scene.workers.length, 2);
    await scene.live(2);
    assert.deepEqual(scene.workers, ['p-1 RUNNING', 'p-2 RUNNING', 'p-3 RUNNING']);
    assert.match(scene.state, /^step 2 of 2: 3 workers/);
    await scene.live(4 * HOUR + 1);
    assert.equal(scene.state, 'completed: 3 workers were stable for 4 h');
    assert.deepEqual(
      scene.alerts.map((fact) => fact.kind === 'ramp' && fact.state),
      ['completed'],
    );
    assert.equal(scene.notices.length, 2);
    // A record a minute, and not one a second.
    assert.ok(scene.crew.events('ramp.soaked').length <= 6 * 60 + 4);
  });

  it('loses at most a minute when the supervisor is killed, and nothing when it ends; down time does not count', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.live(HOUR + 59);
    const before = scene.soaked;
    await scene.succeed(10 * HOUR);
    assert.ok(scene.soaked <= before && scene.soaked >= before - 60, `${scene.soaked} of ${before}`);
    await scene.live(30);
    const again = scene.soaked;
    await scene.succeed(10 * HOUR, false);
    assert.equal(scene.soaked, again);
    assert.equal(scene.workers.length, 2);
    await scene.live(2 * HOUR - again + 1);
    assert.equal(scene.workers.length, 3);
  });

  it('does not count a night in which the laptop slept, an hour without jobs, or one in which the crew was down', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.live(60);
    scene.clock.sleep(8 * HOUR * SECOND);
    scene.ramps.tick();
    assert.ok(scene.soaked <= 65, String(scene.soaked));
    scene.wanted = false;
    await scene.live(HOUR);
    assert.match(scene.state, /stands still: the crew is down/);
    assert.ok(scene.soaked <= 65, String(scene.soaked));
  });

  it('goes back to one worker when a job is interrupted; nobody is aborted, and what was seen is reported', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.live(2 * HOUR + 2);
    const [first, second, third] = scene.crew.roster.ofPool('p');
    scene.crew.exit(first!);
    scene.ramps.workerFailed(first!);
    await scene.crew.settle();
    assert.deepEqual(scene.workers, ['p-1 FAILED', 'p-2 RUNNING', 'p-3 DRAINING']);
    assert.ok(third!.current, 'it finishes its job');
    assert.deepEqual(scene.crew.killed, []);
    assert.equal(scene.ramps.allows(first!), false);
    assert.equal(scene.ramps.allows(second!), true);
    assert.equal(scene.ramps.asWanted(SETTINGS).workers, 1);
    assert.match(
      scene.state,
      /^rolled back from 3 workers to 1: a job was interrupted, .*\(job 1, attempt 1, on p-1\)/,
    );
    const [report] = scene.reports;
    assert.deepEqual(
      report?.triggers.map(({ trigger }) => trigger),
      ['interrupted'],
    );
    assert.equal(report?.figures.workers.length, 3);
    assert.match(report?.name ?? '', /^2025-11-22T\d\d-\d\d-\d\dZ-p$/);
    assert.deepEqual(
      scene.alerts.map((fact) => fact.kind === 'ramp' && fact.state),
      ['rolled-back'],
    );
    // Nobody advances it: that is up to a person.
    await scene.live(HOUR);
    assert.match(scene.state, /^rolled back/);
    assert.throws(() => scene.act('resume'), /start it anew/);
    await scene.start();
    assert.match(scene.state, /^step 1 of 2: 2 workers, 0 s of 2 h/);
    assert.equal(scene.ramps.view('p')?.incident, undefined);
  });

  it('is rolled back by what ended before its supervisor came, and reports what the one before did not come to', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.live(10);
    const error = { type: 'SessionLost', message: 'gone' };
    scene.recorded = [{ job: 9, attempt: 1, worker: 'p-2', outcome: 'failed', at: scene.clock.now(), error }];
    await scene.succeed(60);
    assert.match(scene.state, /^rolled back from 2 workers to 1: session data was lost \(job 9/);
    assert.equal(scene.reports.length, 1);
    scene.reports.length = 0;
    await scene.succeed(60);
    assert.equal(scene.reports[0]?.isLate, true);
    assert.match(scene.reports[0]?.triggers[0]?.reason ?? '', /^session data was lost/);
  });

  it('is held, gone on with and given up by hand', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.live(60);
    assert.match(scene.act('pause'), /^paused at step 1 of 2: 2 workers, 1 min of 2 h/);
    await scene.live(3 * HOUR);
    await scene.succeed(60);
    assert.equal(scene.soaked, 60);
    assert.match(scene.act('resume'), /^step 1 of 2/);
    assert.equal(scene.act('resume'), 'is under way already');
    await scene.live(60);
    assert.equal(scene.soaked, 120);
    assert.match(scene.act('abandon'), /^abandoned at step 1 of 2/);
    assert.equal(scene.ramps.asWanted(SETTINGS), SETTINGS);
    assert.deepEqual(scene.workers, ['p-1 RUNNING', 'p-2 RUNNING']);
    assert.throws(() => scene.act('pause'), /was abandoned/);
  });

  it('begins with fewer workers than there are: the others finish their jobs and go', async () => {
    const scene = new Scene();
    for (let count = 0; count < 3; count++) scene.crew.start();
    await scene.crew.settle();
    await scene.start();
    assert.deepEqual(scene.workers, ['p-1 RUNNING', 'p-2 RUNNING', 'p-3 DRAINING']);
  });

  it('waits for room and says so', async () => {
    const scene = new Scene();
    await scene.start();
    const reasons = ['needs about 6 GB, 4 GB free'];
    scene.refusal = { reasons, risks: [], nextStep: '' } as unknown as AdmissionRefusal;
    await scene.live(2 * HOUR + 10);
    await scene.live(1);
    assert.match(
      scene.state,
      /^step 2 of 2: 3 workers, 0 s of 4 h; stands still: waits for room: p-3 needs about 6 GB/,
    );
  });
});
