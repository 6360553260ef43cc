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
    const pool = name ?? (await choosePoolAble(crew, action, title, participle))?.name;
    if (pool === undefined) return;
    const { message } = await withProgress(() => client.request('ramp', { action, pool }));
    context.log.info(`${pool}: ${message}`);
    tellSuccess(`${pool}: ${message}`);
  };
}

/** One that was named is not looked at: the supervisor knows better than what this window was told last. */
async function choosePoolAble(
  crew: CrewState,
  action: RampAction,
  title: string,
  participle: string,
): Promise<PoolView | undefined> {
  const pools = crew.pools.filter((pool) => rampActionsOf(pool).includes(action));
  if (pools.length === 0) throw new Refusal(`There is no ramp that can be ${participle} now.`);
  return choosePool({ ...crew, pools }, title);
}

export const startRamp: RampCommand = rampCommand('start', 'Start Ramp', 'started');
export const pauseRamp: RampCommand = rampCommand('pause', 'Pause Ramp', 'paused');
export const resumeRamp: RampCommand = rampCommand('resume', 'Resume Ramp', 'resumed');
export const abandonRamp: RampCommand = rampCommand('abandon', 'Abandon Ramp', 'abandoned');
