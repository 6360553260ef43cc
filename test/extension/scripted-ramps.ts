/** Pools in each state that a ramp can have while it has a say. */
import type { PoolView } from '../../src/control/crew-state.ts';
import type { RampView } from '../../src/control/ramp-view.ts';
import { rampText } from '../../src/core/ramp-text.ts';
import { NOON, scriptedPool } from './scripted-crew.ts';

/** At the second of three steps. */
function scriptedRamp(pool: string, change: Partial<RampView>): RampView {
  const ramp: RampView = {
    pool,
    state: 'soaking',
    text: '',
    steps: [
      { workers: 2, soak: 7_200 },
      { workers: 3, soak: 14_400 },
      { workers: 4, soak: 86_400 },
    ],
    step: 1,
    soaked: 4_800,
    reason: '3 workers are stable so far',
    workers: 3,
    since: NOON,
    actions: ['pause', 'abandon'],
    ...change,
  };
  return { ...ramp, text: rampText(ramp) };
}

export function rampPools(): PoolView[] {
  const pool = (name: string, change: Partial<RampView> = {}): PoolView =>
    scriptedPool({ name, ramp: scriptedRamp(name, change) });
  return [
    pool('simulate'),
    pool('tag', { waits: '2 of 3 workers work as they should' }),
    pool('library', { state: 'paused' }),
    pool('calibrate', {
      state: 'rolled-back',
      workers: 1,
      reason: 'a worker failed: tag-3',
      incident: '/home/ada/incidents/noon',
    }),
  ];
}
