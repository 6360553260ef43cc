import type { WorkerView } from '../../control/crew-state.ts';

/** How strong a crew or a pool is. One that failed still counts: it is wanted and does not work. A dead one has ended. */
export interface CrewStrength {
  healthy: number;
  total: number;
  failed: number;
}

export function strengthOf(workers: readonly WorkerView[]): CrewStrength {
  const present = workers.filter((worker) => worker.state !== 'DEAD');
  const failed = present.filter((worker) => worker.state === 'FAILED').length;
  const healthy = present.filter((worker) => worker.healthy && worker.state !== 'FAILED').length;
  return { healthy, total: present.length, failed };
}

/** `3/4 healthy · 1 failed`. */
export function strengthText(workers: readonly WorkerView[]): string {
  const { healthy, total, failed } = strengthOf(workers);
  if (total === 0) return 'no workers';
  return failed === 0 ? `${healthy}/${total} healthy` : `${healthy}/${total} healthy · ${failed} failed`;
}
