import type { WorkerOutcome } from '../../control/selection.ts';

/** Workers named for one reason. */
const WORKERS_NAMED = 3;

/** `a-1, a-2 and 28 more: command not found`: each reason once, with whom it concerns. */
export function reasonsOf(failed: readonly WorkerOutcome[], limit: number): string {
  const workersByReason = new Map<string, string[]>();
  for (const { worker, message } of failed) {
    workersByReason.set(message, [...(workersByReason.get(message) ?? []), worker]);
  }
  const reasons = [...workersByReason].map(([reason, workers]) => `${namesOf(workers)}: ${reason}`);
  const more = reasons.length > limit ? ` · and ${reasons.length - limit} other reasons` : '';
  return `${reasons.slice(0, limit).join(' · ')}${more}`;
}

function namesOf(workers: string[]): string {
  const more = workers.length - WORKERS_NAMED;
  const named = workers.slice(0, WORKERS_NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
