/** A pool's ramp, as the control API tells of it. */
import type { RampView } from '../../control/ramp-view.ts';
import { RAMP_ACTIONS } from '../../core/ramp-actions.ts';
import type { RampStep } from '../../core/ramp.ts';
import { amount, component, describes, listOf, oneOf, optional, text, time, whole } from './schema.ts';

export const ramp = component(
  'Ramp',
  describes<RampView>({
    pool: text(),
    state: oneOf(['planned', 'soaking', 'paused', 'rolled-back', 'completed', 'abandoned']),
    text: text('Where it stands, in words.'),
    steps: listOf(
      describes<RampStep>({ workers: whole(), soak: amount('Seconds of sound work before the next step.') }),
    ),
    step: whole('From 0.'),
    soaked: amount('Seconds that the step has lived through.'),
    reason: text('Why it is in this state.'),
    waits: optional(text('Why time does not count at the moment.')),
    workers: optional(whole('How many workers the pool is to have because of it.')),
    since: optional(time()),
    incident: optional(text('Of a rollback: the folder with its report.')),
    actions: listOf(oneOf(RAMP_ACTIONS), 'What can be done to it now.'),
  }),
);
