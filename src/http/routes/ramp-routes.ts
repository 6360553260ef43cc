/** The routes on the staged rollouts of pools. */
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import type { RampView } from '../../control/ramp-view.ts';
import { RAMP_ACTIONS, type RampAction } from '../../core/ramp-actions.ts';
import { HttpError } from '../http-error.ts';
import { route, type Answer, type Face, type Route } from '../route.ts';
import { CLOSED, JSON_TYPE, NAME } from '../schemas/members.ts';
import { ramp } from '../schemas/ramp.ts';
import { component, describes, listOf, oneOf, text } from '../schemas/schema.ts';

const rampChanged = component(
  'RampChanged',
  describes<{ message: string; ramp: RampView }>({ message: text('What came of it.'), ramp }),
);

async function act(action: RampAction, pool: string, crew: Face['crew']): Promise<Answer> {
  const parameters = { action, pool };
  try {
    const answer =
      action === 'start' ? crew.requestOrStart('ramp', parameters) : crew.request('ramp', parameters);
    return { json: await answer };
  } catch (error) {
    // The request is sound; it is the state of the ramp that it does not go with.
    if (!(error instanceof ControlError) || error.code !== ControlErrorCode.badInput) throw error;
    const { message, nextStep } = error;
    throw new HttpError('conflict', message, { place: `pool ${pool}`, nextStep });
  }
}

export const rampRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/ramps/',
    name: 'listRamps',
    group: 'Crew',
    summary: 'How the staged rollouts of pools stand',
    description: 'Of the pools that have one, or are to have one by the crew file.',
    answer: { type: JSON_TYPE, schema: describes<{ ramps: RampView[] }>({ ramps: listOf(ramp) }) },
    handle: async (_asked, { crew }) => ({ json: { ramps: await crew.request('ramps', {}) } }),
  }),
  route({
    method: 'POST',
    path: '/api/ramps/{pool}/{action}/',
    name: 'changeRamp',
    group: 'Crew',
    summary: `Acts on the ramp of a pool: ${RAMP_ACTIONS.map((action) => `\`${action}\``).join(', ')}`,
    description:
      '`start` begins at the first step, starts workers and, where none lives, a supervisor; workers beyond the step are drained. ' +
      'A paused ramp stays at its step, and is rolled back all the same. After `abandon` the number of workers of the pool itself holds. ' +
      'A 409 when it is not possible in the state of the ramp.',
    parameters: describes<{ pool: string; action: RampAction }>(
      { pool: text('Its name.', NAME), action: oneOf(RAMP_ACTIONS) },
      CLOSED,
    ),
    answer: { type: JSON_TYPE, schema: rampChanged },
    handle: ({ path: { action, pool } }, { crew }) => act(action, pool, crew),
  }),
];
