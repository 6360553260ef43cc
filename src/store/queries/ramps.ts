/** How far each ramp has come, as a supervisor that starts must know it. */
import type { RampState } from '../../core/ramp.ts';
import type { RestoredState } from '../restored-state.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';

export function queryRamps({ database }: Projection): RestoredState['ramps'] {
  return database.rows('SELECT * FROM ramps ORDER BY pool').map((row) => ({
    pool: row['pool'] as string,
    plan: parsed(row['plan'])!,
    state: row['state'] as RampState,
    since: row['since'] as number,
    step: row['step'] as number,
    stepSince: row['step_since'] as number,
    soaked: row['soaked_seconds'] as number,
    reason: row['reason'] as string,
    ...(row['incident'] === undefined ? {} : { incident: row['incident'] as string }),
  }));
}
