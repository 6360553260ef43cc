/**
 * Carries out the ramps of pools: looks at each once a second and whenever an attempt or a worker of it failed, starts the workers of
 * its next step, and rolls it back. `core/ramp.ts` decides. Time counts as soak only while this process lives and is awake; it is
 * recorded now and then, so that a successor goes on with it and a kill costs a little of it.
 */
import type { Notice } from '../control/api.ts';
import type { RampView } from '../control/ramp-view.ts';
import type { AlertFact } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { healthThresholds } from '../core/health-settings.ts';
import { incidentName } from '../core/incident-report.ts';
import type { PoolSettings } from '../core/pool.ts';
import { judgeRampAction, possibleRampActions, type RampAction } from '../core/ramp-actions.ts';
import { rampText } from '../core/ramp-text.ts';
import { ERROR_RATE_WINDOW } from '../core/ramp-triggers.ts';
import {
  defaultSteps,
  judgeRamp,
  rampWorkers,
  ROLLBACK_WORKERS,
  stepOf,
  type AttemptFact,
  type Ramp,
  type RampDecision,
  type RampFacts,
  type RampPlan,
} from '../core/ramp.ts';
import type { Store } from '../store/contract.ts';
import type { RestoredState } from '../store/restored-state.ts';
import type { Changes } from './changes.ts';
import type { IncidentFacts, Incidents, PoolFigures } from './incidents.ts';
import type { Log } from './log.ts';
import { isSound, type PoolSize } from './pool-size.ts';
import type { PoolRegister } from './pool-register.ts';
import { RampCourse } from './ramp-course.ts';
import type { Roster } from './roster.ts';
import type { WaitingWorkers } from './waiting-workers.ts';
import type { Worker } from './worker.ts';

interface Parts {
  store: Pick<Store, 'append' | 'query'>;
  roster: Pick<Roster, 'ofPool'>;
  pools: Pick<PoolRegister, 'settings'>;
  size: Pick<PoolSize, 'fill' | 'drainTo' | 'staying'>;
  waiting: Pick<WaitingWorkers, 'has'>;
  admission: { refresh: () => Promise<void> };
  incidents: Pick<Incidents, 'write' | 'has' | 'folder'>;
  clock: Clock;
  changes: Pick<Changes, 'pool'>;
  log: Log;
  /** Whether the crew is to work. */
  wanted: () => boolean;
  /** Whether the disk takes what is to be recorded. */
  writable: () => boolean;
  figures: (pool: string) => PoolFigures;
  notice: (notice: Notice) => void;
  tell: (fact: AlertFact) => void;
}

const BY_HAND = { pause: 'paused by hand', resume: 'resumed by hand', abandon: 'abandoned by hand' } as const;

export class Ramps {
  readonly #parts: Parts;
  readonly #courses = new Map<string, RampCourse>();
  #hasEnded = false;

  constructor(parts: Parts, restored: Pick<RestoredState, 'ramps'>) {
    this.#parts = parts;
    for (const { since, ...ramp } of restored.ramps)
      this.#courses.set(ramp.pool, new RampCourse(ramp, since, parts.clock.monotonic()));
  }

  /** The pool, with as many workers as its ramp lets it have. */
  asWanted(pool: PoolSettings): PoolSettings {
    const workers = rampWorkers(this.#courses.get(pool.name)?.ramp);
    return workers === undefined ? pool : { ...pool, workers };
  }

  /** Whether a worker that failed may be started again by itself, as far as a ramp has a say. */
  allows(worker: Worker): boolean {
    const workers = rampWorkers(this.#courses.get(worker.pool)?.ramp);
    if (workers === undefined) return true;
    return this.#parts.size.staying(worker.pool).filter((other) => other !== worker).length < workers;
  }

  /** Undefined: it has no ramp, and the crew file plans none. */
  view(pool: string): RampView | undefined {
    const course = this.#courses.get(pool);
    if (course) return course.view((incident) => this.#parts.incidents.folder(incident));
    const steps = this.#parts.pools.settings(pool)?.ramp?.steps;
    if (!steps) return undefined;
    const standing = { state: 'planned', steps, step: 0, soaked: 0, reason: '' } as const;
    return { pool, ...standing, text: rampText(standing), actions: possibleRampActions(undefined) };
  }

  /** Goes on with what an earlier supervisor had under way. */
  async resume(): Promise<void> {
    for (const course of this.#courses.values()) {
      if (course.isUnderWay) await this.#catchUp(course);
      else await this.#reportLate(course);
    }
  }

  /** Called every second. */
  tick(): void {
    for (const course of this.#courses.values()) if (course.isUnderWay) this.#look(course, true);
  }

  attemptEnded(pool: string, fact: AttemptFact): void {
    const course = this.#courses.get(pool);
    if (course?.attemptEnded(fact)) this.#lookSoon(course);
  }

  workerFailed({ id, pool, reason }: Worker): void {
    const course = this.#courses.get(pool);
    if (!course?.isUnderWay) return;
    course.workerFailed(id, reason);
    this.#lookSoon(course);
  }

  /** What a person asks for; says in words what came of it. To start one, admission is refreshed before. Throws when it is refused. */
  act(action: RampAction, pool: PoolSettings): string {
    const course = this.#courses.get(pool.name);
    const verdict = judgeRampAction(action, course?.ramp.state);
    if ('refused' in verdict) throw new Error(`The ramp of ${pool.name} ${verdict.refused}.`);
    if ('already' in verdict) return verdict.already;
    if (action === 'start') this.#start(pool);
    else if (course) this.#move(course, { ...course.ramp, state: verdict.to, reason: BY_HAND[action] });
    return this.view(pool.name)?.text ?? '';
  }

  /** The time that was counted is not lost. */
  end(): void {
    this.#hasEnded = true;
    for (const course of this.#courses.values()) this.#record(course);
  }

  #start(pool: PoolSettings): void {
    const plan = planOf(pool);
    if (plan.steps.length === 0)
      throw new Error(`${pool.name} has one worker: there is nothing to get to in steps.`);
    const { clock, size } = this.#parts;
    const ramp: Ramp = {
      pool: pool.name,
      plan,
      state: 'soaking',
      step: 0,
      stepSince: clock.now(),
      soaked: 0,
      reason: 'started by hand',
    };
    const course = this.#courses.get(pool.name) ?? new RampCourse(ramp, clock.now(), clock.monotonic());
    this.#courses.set(pool.name, course);
    this.#move(course, ramp);
    size.drainTo(pool.name, stepOf(ramp).workers, 'its ramp begins with fewer workers');
    this.#fill(pool);
  }

  /** What had ended before this supervisor came counts too. */
  async #catchUp(course: RampCourse): Promise<void> {
    const { store, pools, wanted, admission } = this.#parts;
    const { pool, stepSince: since } = course.ramp;
    const record = await store.query('poolRecord', { pool, since, limit: 4 * ERROR_RATE_WINDOW });
    if (course.ramp.stepSince !== since) return;
    course.recall(record.attempts);
    this.#lookSoon(course);
    // Its workers may have waited for room, which nobody remembers.
    const settings = pools.settings(pool);
    if (course.ramp.soaked > 0 || !settings || !wanted()) return;
    await admission.refresh();
    const isSame = course.isUnderWay && course.ramp.stepSince === since;
    if (isSame && wanted() && !this.#hasEnded) this.#fill(settings);
  }

  /** The supervisor before this one rolled it back, and did not come to say why. */
  async #reportLate({ ramp, since }: RampCourse): Promise<void> {
    const { state, incident: name, reason } = ramp;
    if (state !== 'rolled-back' || name === undefined || this.#parts.incidents.has(name)) return;
    const figures = this.#parts.figures(ramp.pool);
    await this.#report({ name, at: since, ramp, triggers: [{ reason }], figures, isLate: true });
  }

  /** Once this turn is over: who reports the end of an attempt goes on first. */
  #lookSoon(course: RampCourse): void {
    if (course.isLookDue) return;
    course.isLookDue = true;
    queueMicrotask(() => {
      course.isLookDue = false;
      if (course.isUnderWay) this.#look(course, false);
    });
  }

  #look(course: RampCourse, isTick: boolean): void {
    if (this.#hasEnded) return;
    const decision = judgeRamp(course.ramp, this.#facts(course));
    if (isTick) {
      course.count(this.#parts.clock.monotonic(), decision.do === 'soak');
      if (course.isRecordDue) this.#record(course);
    }
    const waits = decision.do === 'wait' ? decision.reason : undefined;
    if (course.waits !== waits) {
      course.waits = waits;
      this.#parts.changes.pool(course.ramp.pool);
    }
    if (decision.do === 'roll-back') this.#rollBack(course, decision);
    else if (decision.do === 'complete') this.#complete(course, decision.reason);
    else if (decision.do === 'advance') void this.#advance(course, decision.reason);
  }

  #facts({ ramp, attempts, failedWorkers }: RampCourse): RampFacts {
    const { roster, waiting, wanted } = this.#parts;
    const workers = roster.ofPool(ramp.pool);
    const sound = workers.filter(isSound);
    const held = workers.find((worker) => worker.refusal && waiting.has(worker));
    return {
      attempts,
      failedWorkers,
      sound: sound.length,
      busy: sound.filter((worker) => worker.current !== undefined).length,
      ...(held?.refusal ? { noRoom: `${held.id} ${held.refusal.reasons.join('; ')}` } : {}),
      isWanted: wanted(),
    };
  }

  #record(course: RampCourse): void {
    if (!course.isUnderWay || !course.hasUnrecorded) return;
    course.recorded();
    const { pool, soaked } = course.ramp;
    this.#parts.store.append({ type: 'ramp.soaked', pool, soaked: Number(soaked.toFixed(3)) });
    this.#parts.changes.pool(pool);
  }

  async #advance(course: RampCourse, reason: string): Promise<void> {
    const { ramp } = course;
    const { admission, pools, clock, wanted, writable, notice, log } = this.#parts;
    if (course.isAdvancing || !writable()) return;
    course.isAdvancing = true;
    try {
      await admission.refresh();
    } catch (error) {
      return log.error(`The ramp of ${ramp.pool} does not advance for now.`, error);
    } finally {
      course.isAdvancing = false;
    }
    const settings = pools.settings(ramp.pool);
    // Rolled back, held or given up meanwhile, or the crew is ended, or the disk refuses: it is looked at again every second.
    if (course.ramp !== ramp || !settings || !wanted() || !writable() || this.#hasEnded) return;
    this.#move(course, { ...ramp, step: ramp.step + 1, stepSince: clock.now(), soaked: 0, reason });
    this.#fill(settings);
    notice({ severity: 'info', message: `Ramp of ${ramp.pool}: ${reason}.` });
  }

  #complete(course: RampCourse, reason: string): void {
    const { pool } = course.ramp;
    const { clock, notice, tell } = this.#parts;
    this.#move(course, { ...course.ramp, state: 'completed', reason });
    notice({ severity: 'info', message: `The ramp of ${pool} is completed: ${reason}.` });
    tell({ kind: 'ramp', at: clock.now(), pool, state: 'completed', reason });
  }

  /** Recorded, and the others drained, in one turn: a successor finds all of it or nothing. */
  #rollBack(course: RampCourse, { reason, triggers }: Extract<RampDecision, { do: 'roll-back' }>): void {
    const { clock, size, notice, tell, incidents, figures } = this.#parts;
    const at = clock.now();
    const { ramp } = course;
    const { pool } = ramp;
    const name = incidentName(at, pool);
    const seen = figures(pool);
    this.#move(course, { ...ramp, state: 'rolled-back', reason, incident: name });
    size.drainTo(pool, ROLLBACK_WORKERS, 'its ramp was rolled back');
    notice({
      severity: 'error',
      message: `The ramp of ${pool} is rolled back to ${ROLLBACK_WORKERS} worker: ${reason}.`,
      nextStep: `Read ${incidents.folder(name)}/report.md. When the cause is gone: nightcrew ramp start ${pool}`,
    });
    tell({ kind: 'ramp', at, pool, state: 'rolled-back', reason });
    void this.#report({ name, at, ramp, triggers, figures: seen });
  }

  async #report(facts: IncidentFacts): Promise<void> {
    const { incidents, log, notice } = this.#parts;
    try {
      await incidents.write(facts);
    } catch (error) {
      log.error(`The report ${facts.name} could not be written.`, error);
      notice({
        severity: 'warning',
        message: `The report of the rollback of ${facts.ramp.pool} could not be written: ${(error as Error).message}`,
        nextStep: `See that ${incidents.folder('')} can be written; the next start of the supervisor tries again.`,
      });
    }
  }

  #move(course: RampCourse, ramp: Ramp): void {
    const { store, changes, clock } = this.#parts;
    course.move(ramp, clock.now(), clock.monotonic());
    store.append({ type: 'ramp.moved', ramp });
    changes.pool(ramp.pool);
  }

  #fill(pool: PoolSettings): void {
    this.#parts.size.fill(this.asWanted(pool), 'started with its ramp');
  }
}

/** What the crew file says, with the defaults for what it leaves out. */
function planOf(pool: PoolSettings): RampPlan {
  const { steps, errorRate, rollbackOn } = pool.ramp ?? {};
  return {
    steps: steps ?? defaultSteps(pool.workers),
    errorRate: errorRate ?? healthThresholds(pool).errors,
    rollbackOn: rollbackOn ?? [],
  };
}
