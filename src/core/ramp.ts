/**
 * The staged rollout of a pool: a plan of worker counts, each of which has to prove itself for a while before the next one. It is
 * advanced only while the pool is stable, and goes back to one worker at the first sign that more of them are not. Pure:
 * a decision over recorded facts, with its reasons in words.
 */
import { formatDuration } from './duration.ts';
import type { AttemptOutcome, JobError, JobId } from './job.ts';
import { quantity } from './quantity.ts';
import { findTriggers, type FoundTrigger } from './ramp-triggers.ts';
import type { WorkerId } from './worker.ts';

export interface RampStep {
  workers: number;
  /** Seconds that the pool has to work soundly with so many workers. */
  soak: number;
}

/** What a ramp goes by: settled when it is started, whatever the crew file says later. */
export interface RampPlan {
  steps: RampStep[];
  /** Share of failed attempts at which it is rolled back. */
  errorRate: number;
  /** Types of errors that roll it back, beside the known ones. */
  rollbackOn: string[];
}

/** `ramp:` of a pool in the crew file. */
export type RampSettings = Pick<RampPlan, 'steps'> & Partial<RampPlan>;

export type RampState =
  /** Its step is proving itself. */
  | 'soaking'
  /** A person holds it at its step. */
  | 'paused'
  /** Back at one worker until a person decides. */
  | 'rolled-back'
  /** Every step was soaked: the pool has all its workers. */
  | 'completed'
  /** A person gave it up: the pool's own number of workers holds again. */
  | 'abandoned';

/** As it is recorded. */
export interface Ramp {
  pool: string;
  plan: RampPlan;
  state: RampState;
  /** From 0. */
  step: number;
  /** When the step began, milliseconds since 1970: what is older says nothing about it. */
  stepSince: number;
  /** Seconds of soak that the step has lived through. */
  soaked: number;
  /** Why it is in this state, in words. */
  reason: string;
  /** Of a rollback: the name of the folder with its report. */
  incident?: string;
}

/** So few steps and so long that a night and a day pass before anybody relies on it. */
const DEFAULT_STEPS: readonly RampStep[] = [
  { workers: 2, soak: 2 * 3600 },
  { workers: 3, soak: 4 * 3600 },
  { workers: 4, soak: 24 * 3600 },
];
const LAST_SOAK_SECONDS = 24 * 3600;
/** What a rollback leaves. */
export const ROLLBACK_WORKERS = 1;

/** For a pool that says nothing of a ramp: the steps below its number of workers, and then all of them. */
export function defaultSteps(workers: number): RampStep[] {
  return [
    ...DEFAULT_STEPS.filter((step) => step.workers < workers),
    { workers, soak: LAST_SOAK_SECONDS },
  ].filter((step) => step.workers > 1);
}

export function isUnderWay({ state }: Pick<Ramp, 'state'>): boolean {
  return state === 'soaking' || state === 'paused';
}

/** How many workers the pool is to have because of its ramp; undefined: it says nothing. */
export function rampWorkers(ramp: Ramp | undefined): number | undefined {
  if (!ramp) return undefined;
  if (ramp.state === 'rolled-back') return ROLLBACK_WORKERS;
  return isUnderWay(ramp) ? stepOf(ramp).workers : undefined;
}

export function stepOf({ plan, step }: Pick<Ramp, 'plan' | 'step'>): RampStep {
  return plan.steps[step]!;
}

/** An attempt that ended since the step began. */
export interface AttemptFact {
  job: JobId;
  attempt: number;
  worker: WorkerId;
  outcome: AttemptOutcome;
  /** Milliseconds since 1970. */
  at: number;
  error?: JobError;
}

export interface RampFacts {
  /** Oldest first. */
  attempts: readonly AttemptFact[];
  /** Workers that FAILED since the step began without being asked to end. */
  failedWorkers: readonly { worker: WorkerId; reason: string }[];
  /** Of the pool, those that are registered, heard, take jobs and get on with them. */
  sound: number;
  /** Of those, how many have a job. */
  busy: number;
  /** Why a worker that the step wants is not started, if one is not. */
  noRoom?: string;
  /** Whether the crew is to work at all. */
  isWanted: boolean;
}

export type RampDecision =
  /** Time does not count as soak. */
  | { do: 'wait'; reason: string }
  | { do: 'soak'; reason: string }
  | { do: 'advance'; reason: string }
  | { do: 'complete'; reason: string }
  | { do: 'roll-back'; triggers: FoundTrigger[]; reason: string };

/** What to do with a ramp that is under way. A trigger is heeded whatever else holds, also while it is paused. */
export function judgeRamp(ramp: Ramp, facts: RampFacts): RampDecision {
  const triggers = findTriggers(ramp.plan, facts);
  if (triggers.length > 0)
    return { do: 'roll-back', triggers, reason: triggers.map(({ reason }) => reason).join('; ') };
  const { workers, soak } = stepOf(ramp);
  const obstacle = obstacleOf(ramp, facts, workers);
  if (obstacle !== undefined) return { do: 'wait', reason: obstacle };
  if (ramp.soaked >= soak) {
    const next = ramp.plan.steps[ramp.step + 1];
    const lived = `${quantity(workers, 'worker')} were stable for ${formatDuration(soak)}`;
    return next
      ? { do: 'advance', reason: `${lived}; now ${quantity(next.workers, 'worker')}` }
      : { do: 'complete', reason: lived };
  }
  if (facts.busy === 0) return { do: 'wait', reason: 'no job runs: what does not work proves nothing' };
  return { do: 'soak', reason: `${quantity(workers, 'worker')} are stable so far` };
}

function obstacleOf({ state }: Ramp, facts: RampFacts, workers: number): string | undefined {
  if (state === 'paused') return 'paused by hand';
  if (!facts.isWanted) return 'the crew is down';
  if (facts.sound >= workers) return undefined;
  if (facts.noRoom !== undefined) return `waits for room: ${facts.noRoom}`;
  return `${facts.sound} of ${quantity(workers, 'worker')} work as they should`;
}
