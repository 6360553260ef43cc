/**
 * What each method of the control API accepts. Checked before anything is done, because what a face sends ends up in the
 * journal, and an event that the database cannot take would be there at every start.
 */
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import { RAMP_ACTIONS } from '../../core/ramp-actions.ts';
import type { ServedMethod } from './operations.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const whole: Check = (value) => Number.isSafeInteger(value);
const fromZero: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string);
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const texts: Check = (value) => object(value) && Object.values(value as object).every(text);
/** It stands in the journal with the batch. */
const requestName: Check = (value) => text(value) && value !== '' && (value as string).length <= 100;
const jobState = oneOf('pending', 'running', 'done', 'failed', 'cancelled');

/** Of the environment of a face: recorded, so not of any length. */
const givenSettings: Check = (value) =>
  Array.isArray(value) &&
  value.length <= 100 &&
  value.every(
    (given: unknown) =>
      object(given) &&
      ['name', 'text', 'from'].every((key) => {
        const member = (given as Record<string, unknown>)[key];
        return text(member) && (member as string).length <= 4096;
      }),
  );

const selection: Check = (value) => {
  if (!object(value)) return false;
  const { workers, pool, labels, all } = value as Record<string, unknown>;
  return listOf(text)(workers) || text(pool) || texts(labels) || all === true;
};

const JOB_FILTER: Record<string, Check> = {
  pool: text,
  batch: whole,
  states: listOf(jobState),
  worker: text,
  search: text,
  newestFirst: flag,
  finishedSince: amount,
  finishedUntil: amount,
  enqueuedSince: amount,
  enqueuedUntil: amount,
};
/** A member that is not known was to narrow the choice; passed over, it would be a wider one. */
const jobFilter: Check = (value) =>
  object(value) &&
  Object.entries(value as object).every(([name, member]) => JOB_FILTER[name]?.(member) ?? false);
const jobSelection = { 'jobs?': listOf(whole), 'filter?': jobFilter, 'dryRun?': flag };

const source: Check = (value) => {
  if (!object(value)) return false;
  const { base } = value as Record<string, unknown>;
  return base === undefined || object(base);
};

/** `name?` may be missing; everything else must be there. Members that are not named are passed over. */
const accepted: Record<ServedMethod, Record<string, Check>> = {
  status: {},
  up: { 'pools?': listOf(text), 'force?': flag, 'settings?': givenSettings },
  down: { mode: oneOf('drain', 'stop', 'abort'), 'unlessAttended?': flag },
  add: { pool: text, count: amount, 'labels?': texts, 'force?': flag, 'settings?': givenSettings },
  drain: { select: selection, 'wait?': flag },
  stop: { select: selection, 'wait?': flag },
  abort: { select: selection },
  restart: { select: selection, 'force?': flag, 'wait?': flag },
  pause: { select: selection, paused: flag, 'wait?': flag },
  freeze: { select: selection, frozen: flag },
  remove: { select: selection },
  health: { select: selection },
  room: {},
  tick: {},
  metrics: { 'of?': text, 'since?': amount, 'until?': amount, 'step?': amount, 'aggregated?': flag },
  explain: { 'job?': whole, 'worker?': text },
  history: { worker: text, 'limit?': fromZero },
  notes: { worker: text, 'limit?': fromZero },
  enqueue: {
    'request?': requestName,
    pool: text,
    'task?': text,
    'name?': text,
    'priority?': amount,
    'attempts?': amount,
    'timeout?': amount,
    'match?': listOf(text),
    source,
  },
  drill: { 'batches?': listOf(text), times: whole },
  lastDrill: { batch: text },
  enqueueBatches: { 'request?': requestName, 'batches?': listOf(text), 'again?': flag },
  jobs: {
    ...Object.fromEntries(Object.entries(JOB_FILTER).map(([name, check]) => [`${name}?`, check])),
    'offset?': fromZero,
    'limit?': fromZero,
  },
  job: { job: amount },
  cancel: jobSelection,
  requeue: { ...jobSelection, 'fresh?': flag },
  reprioritise: { ...jobSelection, priority: whole },
  forecast: { 'pool?': text, 'more?': whole },
  ramps: {},
  ramp: { action: oneOf(...RAMP_ACTIONS), pool: text, 'settings?': givenSettings },
  batches: { 'name?': text },
  exportResults: { batch: whole },
  settings: { 'settings?': givenSettings },
  alert: {},
  archives: {},
  crewFile: {},
};

/** Throws ControlError naming the first member that is missing or of the wrong type. */
export function checkParameters(method: ServedMethod, parameters: unknown): void {
  if (!object(parameters)) throw wrong(method, 'Its parameters are not an object.');
  for (const [key, check] of Object.entries(accepted[method])) {
    const name = key.replace('?', '');
    const value = (parameters as Record<string, unknown>)[name];
    if (value === undefined && key.endsWith('?')) continue;
    if (!check(value))
      throw wrong(
        method,
        value === undefined ? `\`${name}\` is missing.` : `\`${name}\` is not what it takes.`,
      );
  }
}

function wrong(method: string, problem: string): ControlError {
  return new ControlError(ControlErrorCode.badInput, `${method}: ${problem}`, {
    place: method,
    nextStep: 'The help of the command has the right form.',
  });
}
