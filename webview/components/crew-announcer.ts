import type { CrewState } from '../../src/control/crew-state.ts';
import { quantity } from '../../src/core/quantity.ts';
import { strengthOf } from '../../src/extension/workers-view/crew-strength.ts';

/**
 * What a screen reader is told without being asked: how the crew stands. Not how the queue moves, which changes four
 * times a second and would drown everything else.
 */
export function announcement(crew: CrewState): string {
  const { healthy, total, failed } = strengthOf(crew.workers);
  const open = crew.pools.some(({ counts }) => counts.pending + counts.running > 0);
  return [
    `${healthy} of ${quantity(total, 'worker')} healthy`,
    ...(failed > 0 ? [`${quantity(failed, 'worker')} failed`] : []),
    ...crew.pools.flatMap(({ name, ramp }) =>
      ramp?.state === 'rolled-back' ? [`the ramp of ${name} was rolled back`] : [],
    ),
    open ? 'jobs are running' : 'the queue is empty',
  ].join(', ');
}
