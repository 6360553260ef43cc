/** Ramps: how far each has come, and how it came there. */
import type { JournalEvent } from '../core/events.ts';
import { rampWorkers, stepOf } from '../core/ramp.ts';
import { InvariantError } from './invariant-error.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** Of each pool; beyond what anybody reads. */
const CHANGES_KEPT = 200;

export function moveRamp(
  { database }: Projection,
  { ramp }: EventOf<'ramp.moved'>,
  sequence: number,
  at: number,
): void {
  const { pool, plan, state, step, stepSince, soaked, reason, incident } = ramp;
  if (!plan.steps[step]) throw new InvariantError(`the ramp of ${pool} has no step ${step}`);
  database.run('INSERT OR REPLACE INTO ramps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
    pool,
    JSON.stringify(plan),
    state,
    at,
    step,
    stepSince,
    soaked,
    reason,
    incident ?? null,
  ]);
  const workers = rampWorkers(ramp) ?? stepOf(ramp).workers;
  database.run('INSERT INTO ramp_changes VALUES (?, ?, ?, ?, ?, ?, ?)', [
    sequence,
    at,
    pool,
    state,
    step,
    workers,
    reason,
  ]);
  database.run(
    `DELETE FROM ramp_changes WHERE pool = ?1 AND sequence <=
       (SELECT sequence FROM ramp_changes WHERE pool = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ${CHANGES_KEPT})`,
    [pool],
  );
}

export function soakRamp({ database }: Projection, { pool, soaked }: EventOf<'ramp.soaked'>): void {
  if (database.change('UPDATE ramps SET soaked_seconds = ? WHERE pool = ?', [soaked, pool]) !== 1)
    throw new InvariantError(`pool ${pool} has no ramp`);
}
