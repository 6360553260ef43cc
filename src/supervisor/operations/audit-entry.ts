/** What of an operation is worth a line of the audit log, and how that line is kept short. */
import type { AuditEntry } from '../audit.ts';
import type { ServedMethod } from './operations.ts';

/** Whether an operation changes something. Those that only look are not audited. */
export const IS_AUDITED: Record<ServedMethod, boolean> = {
  status: false,
  up: true,
  down: true,
  add: true,
  drain: true,
  stop: true,
  freeze: true,
  abort: true,
  restart: true,
  pause: true,
  remove: true,
  health: false,
  room: false,
  tick: false,
  metrics: false,
  explain: false,
  history: false,
  notes: false,
  enqueue: true,
  enqueueBatches: true,
  drill: true,
  lastDrill: false,
  jobs: false,
  job: false,
  cancel: true,
  requeue: true,
  reprioritise: true,
  forecast: false,
  ramps: false,
  ramp: true,
  batches: false,
  exportResults: true,
  settings: false,
  alert: true,
  archives: false,
  crewFile: false,
};

/** Of a list; how many more there were is said. */
const MOST_NAMED = 50;
const LONGEST_TEXT = 300;
/** The parameters of jobs may be large, and are recorded with their batch. */
const LEFT_OUT = ['source', 'request', 'force'];

export function auditEntry(
  face: string,
  operation: ServedMethod,
  parameters: object,
  end: { result: unknown } | { error: unknown },
): AuditEntry {
  const { force } = parameters as { force?: unknown };
  const named = Object.entries(parameters).filter(([name]) => !LEFT_OUT.includes(name));
  return {
    face: face.slice(0, LONGEST_TEXT),
    operation,
    parameters: shortened(Object.fromEntries(named)) as Record<string, unknown>,
    ...(force === true ? { force } : {}),
    outcome: shortened(
      'error' in end
        ? { refused: end.error instanceof Error ? end.error.message : String(end.error) }
        : end.result,
    ),
  };
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  }
  if (Array.isArray(value)) {
    const named = value.slice(0, MOST_NAMED).map(shortened);
    return value.length > MOST_NAMED ? [...named, `… ${value.length - MOST_NAMED} more`] : named;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortened(part)]));
}
