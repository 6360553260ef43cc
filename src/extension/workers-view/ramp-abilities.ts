/** What can be done to the ramp of a pool now; the tree's menus and the quick picks ask here. */
import type { PoolView } from '../../control/crew-state.ts';
import type { RampAction } from '../../core/ramp-actions.ts';

export const RAMP_ABILITIES = ['rampStartable', 'rampPausable', 'rampResumable', 'rampAbandonable'] as const;
export type RampAbility = (typeof RAMP_ABILITIES)[number];

const ABILITY_OF: Record<RampAction, RampAbility> = {
  start: 'rampStartable',
  pause: 'rampPausable',
  resume: 'rampResumable',
  abandon: 'rampAbandonable',
};

/** One that the crew file plans no ramp for gets to more than one worker by the usual steps. */
export function rampActionsOf({ ramp, wanted }: PoolView): RampAction[] {
  return ramp?.actions ?? (wanted > 1 ? ['start'] : []);
}

export function rampAbilitiesOf(pool: PoolView): RampAbility[] {
  return rampActionsOf(pool).map((action) => ABILITY_OF[action]);
}
