/** What a supervisor knows of one ramp beside what is recorded: what has ended in its step, and the time that it has soaked since. */
import type { RampView } from '../control/ramp-view.ts';
import { possibleRampActions } from '../core/ramp-actions.ts';
import { rampText } from '../core/ramp-text.ts';
import { ERROR_RATE_WINDOW, tellsOfPool } from '../core/ramp-triggers.ts';
import { isUnderWay, rampWorkers, stepOf, type AttemptFact, type Ramp } from '../core/ramp.ts';

/** Seconds of soak between two records of it: a twentieth of what the step takes, within these. */
const RECORD_EVERY = { least: 0.5, most: 60 };
/** A look that comes later than this, milliseconds, says nothing of the time between. */
const LONGEST_STEP = 5_000;

export class RampCourse {
  ramp: Ramp;
  /** Since when it is in its state, milliseconds since 1970. */
  since: number;
  /** Why its time does not count at the moment. */
  waits: string | undefined;
  isAdvancing = false;
  isLookDue = false;
  #attempts: AttemptFact[] = [];
  #failedWorkers: { worker: string; reason: string }[] = [];
  /** When time was last counted, monotonic. */
  #countedAt: number;
  #recorded: number;

  constructor(ramp: Ramp, since: number, monotonic: number) {
    this.ramp = ramp;
    this.since = since;
    this.#countedAt = monotonic;
    this.#recorded = ramp.soaked;
  }

  get isUnderWay(): boolean {
    return isUnderWay(this.ramp);
  }

  get attempts(): readonly AttemptFact[] {
    return this.#attempts;
  }

  get failedWorkers(): readonly { worker: string; reason: string }[] {
    return this.#failedWorkers;
  }

  /** Returns whether it may change what is decided. */
  attemptEnded(fact: AttemptFact): boolean {
    if (!this.isUnderWay || !tellsOfPool(fact)) return false;
    this.#attempts.push(fact);
    if (this.#attempts.length > ERROR_RATE_WINDOW) this.#attempts.shift();
    return fact.outcome !== 'done';
  }

  workerFailed(worker: string, reason: string): void {
    this.#failedWorkers.push({ worker, reason });
  }

  /** What is recorded of the step: some of it may have been heard meanwhile. */
  recall(recorded: readonly AttemptFact[]): void {
    const heard = new Set(this.#attempts.map(({ job, attempt }) => `${job}/${attempt}`));
    const missed = recorded.filter((fact) => tellsOfPool(fact) && !heard.has(`${fact.job}/${fact.attempt}`));
    this.#attempts = [...missed, ...this.#attempts];
  }

  /** Counts the time since the last look, as soak or not. */
  count(monotonic: number, isSoak: boolean): void {
    const passed = Math.min(monotonic - this.#countedAt, LONGEST_STEP) / 1000;
    this.#countedAt = monotonic;
    if (isSoak) this.ramp = { ...this.ramp, soaked: this.ramp.soaked + passed };
  }

  get isRecordDue(): boolean {
    const { soak } = stepOf(this.ramp);
    const every = Math.min(RECORD_EVERY.most, Math.max(RECORD_EVERY.least, soak / 20));
    return this.ramp.soaked - this.#recorded >= every || (this.hasUnrecorded && this.ramp.soaked >= soak);
  }

  get hasUnrecorded(): boolean {
    return this.ramp.soaked !== this.#recorded;
  }

  recorded(): void {
    this.#recorded = this.ramp.soaked;
  }

  /** What was known of the step before says nothing of another one. */
  move(ramp: Ramp, now: number, monotonic: number): void {
    if (this.ramp.stepSince !== ramp.stepSince) {
      this.#attempts = [];
      this.#failedWorkers = [];
    }
    this.ramp = ramp;
    this.since = now;
    this.waits = undefined;
    this.#countedAt = monotonic;
    this.#recorded = ramp.soaked;
  }

  /** `folder`: of its report. */
  view(folder: (incident: string) => string): RampView {
    const { pool, state, plan, step, soaked, reason, incident } = this.ramp;
    const workers = rampWorkers(this.ramp);
    const standing = {
      state,
      steps: plan.steps,
      step,
      soaked: Number(soaked.toFixed(1)),
      reason,
      ...(this.waits !== undefined && state === 'soaking' ? { waits: this.waits } : {}),
    };
    return {
      pool,
      ...standing,
      text: rampText(standing),
      ...(workers === undefined ? {} : { workers }),
      since: this.since,
      ...(incident ? { incident: folder(incident) } : {}),
      actions: possibleRampActions(state),
    };
  }
}
