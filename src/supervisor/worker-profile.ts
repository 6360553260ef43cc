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

function acceptedAhead(prefetch: unknown): number {
  return Number.isSafeInteger(prefetch) ? Math.min(Math.max(0, prefetch as number), PREFETCH_LIMIT) : 0;
}
