import type * as vscode from 'vscode';
import type { CrewState } from '../../control/crew-state.ts';
import { quantity } from '../../core/quantity.ts';
import { crewOf } from '../link-state.ts';
import { askItem } from '../questions/ask-item.ts';
import { isAlive } from '../workers-view/worker-condition.ts';
import type { CommandContext } from './command-context.ts';
import { confirmLoss } from './confirm-loss.ts';
import { tellOutcomes } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

type StopMode = 'drain' | 'stop' | 'abort';

interface StopItem extends vscode.QuickPickItem {
  mode: StopMode;
}

/** Ends all workers, the keeper and the supervisor, in the way a person chooses. The queue stays as it is. */
export async function stopSupervisor(context: CommandContext): Promise<void> {
  const client = context.link.client();
  const crew = crewOf(context.link.state);
  const mode = crew && crew.workers.some(isAlive) ? await askMode(crew) : 'stop';
  if (!mode) return;
  const busy = crew?.workers.filter((worker) => worker.job) ?? [];
  if (mode === 'abort' && busy.length > 0 && !(await confirmLoss('Abort', busy))) return;
  context.link.expectEnd(true);
  try {
    const { outcomes } = await withProgress(() => client.request('down', { mode }));
    tellOutcomes(context, 'ended', outcomes);
  } catch (error) {
    context.link.expectEnd(false);
    throw error;
  }
}

async function askMode(crew: CrewState): Promise<StopMode | undefined> {
  const alive = crew.workers.filter(isAlive);
  const jobs = quantity(alive.filter((worker) => worker.job).length, 'running job');
  const items: StopItem[] = [
    {
      label: '$(arrow-circle-down) Drain',
      description: `${jobs} will be finished first`,
      detail: 'Workers finish their current job and end. It takes as long as the jobs take.',
      mode: 'drain',
    },
    {
      label: '$(debug-stop) Stop',
      description: 'within 30 s',
      detail: 'Workers are asked to end. Running jobs go back to the queue.',
      mode: 'stop',
    },
    {
      label: '$(error) Abort',
      description: 'at once',
      detail: 'Workers are ended now. Work since the last checkpoints is lost.',
      mode: 'abort',
    },
  ];
  const picked = await askItem(items, {
    title: `Stop Supervisor and ${quantity(alive.length, 'Worker')}`,
    placeHolder: 'What is to become of the running jobs? The queue is kept in any case.',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.mode;
}
