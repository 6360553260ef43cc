/** The commands on the ramp of a pool: the one they are called on, or one that a person picks. */
import type { CrewState, PoolView } from '../../control/crew-state.ts';
import type { RampAction } from '../../core/ramp-actions.ts';
import { crewOf } from '../link-state.ts';
import { Refusal } from '../refusal.ts';
import { rampActionsOf } from '../workers-view/ramp-abilities.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';
import { choosePool } from './choose-pool.ts';
import type { CommandContext } from './command-context.ts';
import { tellSuccess } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

type RampCommand = (context: CommandContext, target?: WorkersNode | string) => Promise<void>;

function rampCommand(action: RampAction, title: string, participle: string): RampCommand {
  return async (context, target) => {
    if (action === 'start') context.link.requireTrustedPlace();
    const client = await context.link.ensure();
    const crew = crewOf(context.link.state);
    if (!crew) return;
    const name = typeof target === 'string' ? target : target?.pool;
    const able = crew.pools.filter(
      (pool) => rampActionsOf(pool).includes(action) && (name === undefined || pool.name === name),
    );
    if (able.length === 0) throw nothingToDo(crew, name, participle);
    const pool = await choosePool({ ...crew, pools: able }, title);
    if (!pool) return;
    const { message } = await withProgress(() => client.request('ramp', { action, pool: pool.name }));
    context.log.info(`${pool.name}: ${message}`);
    tellSuccess(`${pool.name}: ${message}`);
  };
}

function nothingToDo(crew: CrewState, name: string | undefined, participle: string): Refusal {
  const pool: PoolView | undefined = crew.pools.find((candidate) => candidate.name === name);
  if (name !== undefined && !pool) return new Refusal(`The pool ${name} is no longer in the crew file.`);
  return new Refusal(
    pool
      ? `The ramp of ${pool.name} cannot be ${participle} now${pool.ramp ? `: ${pool.ramp.text}` : ''}.`
      : `There is no ramp that can be ${participle} now.`,
  );
}

export const startRamp: RampCommand = rampCommand('start', 'Start Ramp', 'started');
export const pauseRamp: RampCommand = rampCommand('pause', 'Pause Ramp', 'paused');
export const resumeRamp: RampCommand = rampCommand('resume', 'Resume Ramp', 'resumed');
export const abandonRamp: RampCommand = rampCommand('abandon', 'Abandon Ramp', 'abandoned');
