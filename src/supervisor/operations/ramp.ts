/** `ramps` and `ramp`: how the staged rollouts stand, and what people do to them. */
import type { ControlRequests } from '../../control/api.ts';
import { badInput } from '../enqueue.ts';
import { unknownPool } from '../select.ts';
import type { OperationContext } from './context.ts';

export function ramps(
  _parameters: ControlRequests['ramps']['parameters'],
  { pools, care }: OperationContext,
): ControlRequests['ramps']['result'] {
  return [...pools.all].flatMap(({ name }) => care.ramps.view(name) ?? []);
}

export async function ramp(
  { action, pool: name, settings }: ControlRequests['ramp']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['ramp']['result']> {
  if (action === 'start') {
    context.settings.take(settings);
    context.declarePools();
  }
  const pool = context.pools.settings(name);
  if (!pool) throw unknownPool(name, context.pools);
  await context.admission.refresh();
  try {
    const message = context.care.ramps.act(action, pool);
    if (action === 'start') context.want(true);
    return { message, ramp: context.care.ramps.view(name)! };
  } catch (error) {
    throw badInput((error as Error).message, nextStepOf(name, context));
  }
}

function nextStepOf(pool: string, { care }: OperationContext): string {
  const view = care.ramps.view(pool);
  if (!view)
    return 'Describe its steps in nightcrew.yaml: ramp: [{ workers: 2, soak: 2h }, …], or set "workers".';
  return `What can be done now: ${view.actions.map((action) => `nightcrew ramp ${action} ${pool}`).join(', ')}.`;
}
