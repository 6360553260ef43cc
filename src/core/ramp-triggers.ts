/**
 * What rolls a ramp back, each as a rule over what is recorded of attempts and workers. One that is not recorded cannot be
 * found: sessions and artifacts are known here by the types of errors that workers raise because of them.
 */
import { shortErrorText, shorten } from './error-text.ts';
import { countsAsFailure } from './job-state.ts';
import type { AttemptFact, RampFacts, RampPlan } from './ramp.ts';

export const RAMP_TRIGGERS = [
  'session-lost',
  'artifact-error',
  'object-not-found',
  'named-error',
  'interrupted',
  'worker-failed',
  'error-rate',
] as const;
export type RampTrigger = (typeof RAMP_TRIGGERS)[number];

export interface FoundTrigger {
  trigger: RampTrigger;
  /** In words, with the figures. */
  reason: string;
  /** The attempt that it was found in, if it was one. */
  attempt?: AttemptFact;
}

/** Attempts that the error rate is taken of: the newest. */
export const ERROR_RATE_WINDOW = 50;
/** Of fewer, one failure would be a rate. */
export const ERROR_RATE_LEAST = 10;

/** Of errors by their type, as `plainType` writes it. */
const TYPES: readonly { trigger: RampTrigger; pattern: RegExp; what: string }[] = [
  {
    trigger: 'session-lost',
    pattern: /^session(data)?(lost|missing|notfound)$/,
    what: 'session data was lost',
  },
  { trigger: 'artifact-error', pattern: /^(artifact|fileupload|upload)/, what: 'an artifact failed' },
  { trigger: 'object-not-found', pattern: /^objectnotfound$/, what: 'an object was not found' },
];
const OBJECT_NOT_FOUND = /\bobject not found\b/i;

/** All that are found, each once, by its first sign. */
export function findTriggers(
  plan: Pick<RampPlan, 'errorRate' | 'rollbackOn'>,
  { attempts, failedWorkers }: Pick<RampFacts, 'attempts' | 'failedWorkers'>,
): FoundTrigger[] {
  const named = new Set(plan.rollbackOn.map(plainType));
  const found = new Map<RampTrigger, FoundTrigger>();
  for (const attempt of attempts) {
    const trigger = triggerOf(attempt, named);
    if (trigger && !found.has(trigger.trigger)) found.set(trigger.trigger, { ...trigger, attempt });
  }
  // One that ended under a job is told by its attempt.
  const told = new Set(attempts.flatMap(({ outcome, worker }) => (outcome === 'crashed' ? [worker] : [])));
  const failed = failedWorkers.find(({ worker }) => !told.has(worker));
  if (failed)
    found.set('worker-failed', {
      trigger: 'worker-failed',
      reason: `${failed.worker} failed: ${shorten(failed.reason)}`,
    });
  const rate = rateTrigger(plan.errorRate, attempts);
  if (rate) found.set('error-rate', rate);
  return RAMP_TRIGGERS.flatMap((trigger) => found.get(trigger) ?? []);
}

/** Whether it says anything of the pool: not one that a person or the end of the machine cut short. */
export function tellsOfPool({ outcome }: Pick<AttemptFact, 'outcome'>): boolean {
  return outcome === 'done' || countsAsFailure(outcome);
}

function triggerOf(attempt: AttemptFact, named: ReadonlySet<string>): FoundTrigger | undefined {
  const { outcome, error, worker } = attempt;
  const where = `job ${attempt.job}, attempt ${attempt.attempt}, on ${worker}`;
  const says = error ? `: ${shortErrorText(error)}` : '';
  if (outcome === 'crashed' || outcome === 'timed-out') {
    const how = outcome === 'crashed' ? 'its process ended under it' : 'it ran out of time';
    return { trigger: 'interrupted', reason: `a job was interrupted, ${how} (${where})${says}` };
  }
  if (outcome !== 'failed' || !error) return undefined;
  const type = plainType(error.type ?? '');
  const known = TYPES.find(({ pattern }) => pattern.test(type));
  if (known) return { trigger: known.trigger, reason: `${known.what} (${where})${says}` };
  if (OBJECT_NOT_FOUND.test(error.message))
    return { trigger: 'object-not-found', reason: `an object was not found (${where})${says}` };
  if (type === '' || !named.has(type)) return undefined;
  return { trigger: 'named-error', reason: `an error that rolls back was raised (${where})${says}` };
}

function rateTrigger(limit: number, attempts: readonly AttemptFact[]): FoundTrigger | undefined {
  const newest = attempts.filter(tellsOfPool).slice(-ERROR_RATE_WINDOW);
  const failures = newest.filter(({ outcome }) => outcome !== 'done').length;
  if (newest.length < ERROR_RATE_LEAST || failures / newest.length < limit || failures === 0)
    return undefined;
  const figures = `${failures} of the last ${newest.length} attempts failed`;
  return { trigger: 'error-rate', reason: `${figures}, and ${percent(limit)} are too many` };
}

/** `nightcrew.SessionLostError`, `session-lost` and `SessionLost` are one type: languages write it in their own ways. */
export function plainType(type: string): string {
  const name = type.split(/[./:\\]+/).at(-1) ?? '';
  return name
    .replace(/(Error|Exception)$/i, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
