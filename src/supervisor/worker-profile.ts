/** What a worker says of itself when it registers. */
import type { WorkerProfile } from '../core/worker.ts';
import type { InitializeParams } from '../protocol/generated/messages.ts';

/** The most jobs that are sent ahead, whatever a worker says it accepts. */
const PREFETCH_LIMIT = 64;

const LONGEST_HOST = 255;

export function profileOf({ worker, tasks, capabilities }: InitializeParams): WorkerProfile {
  const { name, language, host } = worker;
  return {
    name,
    language,
    tasks: tasks.map((task) => task.name),
    prefetch: acceptedAhead(capabilities?.prefetch),
    ...(typeof host === 'string' && host !== '' ? { host: host.slice(0, LONGEST_HOST) } : {}),
  };
}

/** Names the first member of `initialize` that is missing or of the wrong type. */
export function initializeProblem(params: unknown): string | undefined {
  const value = params as Partial<InitializeParams> | undefined;
  if (typeof value !== 'object' || value === null) return '`initialize` needs an object of parameters.';
  if (typeof value.protocolVersion !== 'number') return '`protocolVersion` must be a whole number.';
  if (typeof value.token !== 'string') return '`token` must be the text of NIGHTCREW_TOKEN.';
  if (typeof value.worker?.name !== 'string') return '`worker.name` must be a text.';
  if (typeof value.worker.language !== 'string') return '`worker.language` must be a text.';
  if (!Array.isArray(value.tasks) || !value.tasks.every((task) => typeof task?.name === 'string')) {
    return '`tasks` must be a list of objects with a `name`.';
  }
  return undefined;
}

function acceptedAhead(prefetch: unknown): number {
  return Number.isSafeInteger(prefetch) ? Math.min(Math.max(0, prefetch as number), PREFETCH_LIMIT) : 0;
}
