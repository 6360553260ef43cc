/** What the main thread must know to tell which events fit. */
import type { GuardState } from '../event-guard.ts';
import type { Projection } from '../projection.ts';

export function queryGuard({ database, claims, workers, nextJob, nextBatch }: Projection): GuardState {
  return {
    claims: claims.all().map(({ job, attempt, worker }) => ({ job, attempt, worker })),
    workers: workers.all().map(({ id, launch, state }) => ({ id, launch, state })),
    pools: database.rows('SELECT name FROM pools').map((row) => row['name'] as string),
    ramps: database.rows('SELECT pool FROM ramps').map((row) => row['pool'] as string),
    nextJob,
    nextBatch,
  };
}
