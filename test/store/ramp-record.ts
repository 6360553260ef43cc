/** Ramps as they are recorded. */
import type { JournalEvent } from '../../src/core/events.ts';
import type { Ramp } from '../../src/core/ramp.ts';

export const RAMP: Ramp = {
  pool: 'p',
  plan: { steps: [{ workers: 2, soak: 60 }], errorRate: 0.1, rollbackOn: ['SchemaMismatch'] },
  state: 'soaking',
  step: 0,
  stepSince: 1_000,
  soaked: 0,
  reason: 'started by hand',
};

/** One that soaks, and one that was rolled back. */
export function ramped(soaking: string, back: string): JournalEvent[] {
  const reason = 'a job was interrupted';
  const incident = `2025-11-22T03-00-00Z-${back}`;
  return [
    { type: 'ramp.moved', ramp: { ...RAMP, pool: soaking } },
    { type: 'ramp.soaked', pool: soaking, soaked: 31.5 },
    { type: 'ramp.moved', ramp: { ...RAMP, pool: back, state: 'rolled-back', reason, incident } },
  ];
}
