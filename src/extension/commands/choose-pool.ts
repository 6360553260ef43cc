import * as vscode from 'vscode';
import type { CrewState, PoolView } from '../../control/crew-state.ts';
import { collectSettings, readSettings } from '../../core/settings.ts';
import { CommandId } from '../contributions.ts';
import { quantity } from '../../core/quantity.ts';
import { formatCount } from '../format/count.ts';
import { askItem } from '../questions/ask-item.ts';
import { Refusal } from '../refusal.ts';
import { noCrewFile } from '../refusals.ts';
import { isAlive } from '../workers-view/worker-condition.ts';

interface PoolItem extends vscode.QuickPickItem {
  pool: PoolView;
}

/** One pool of the crew; picked only if there is a choice. */
export async function choosePool(crew: CrewState, title: string): Promise<PoolView | undefined> {
  const [only, ...others] = crew.pools;
  if (!only) throw noPools(crew);
  if (others.length === 0) return only;
  const usual = usualPool();
  const pools = crew.pools.toSorted(
    (left, right) => Number(right.name === usual) - Number(left.name === usual),
  );
  const items = pools.map((pool): PoolItem => {
    const alive = livingWorkers(crew, pool.name);
    return {
      label: pool.name,
      description: `${alive} of ${quantity(pool.wanted, 'worker')} · ${formatCount(pool.counts.pending)} waiting`,
      detail: pool.command.join(' '),
      pool,
    };
  });
  const picked = await askItem(items, { title, placeHolder: 'Pool', matchOnDetail: true });
  return picked?.pool;
}

/** Offered first. */
function usualPool(): string | undefined {
  const configuration = vscode.workspace.getConfiguration();
  return readSettings(collectSettings((key) => configuration.get(key), process.env)).settings.queueName;
}

export function livingWorkers(crew: CrewState, pool: string): number {
  return crew.workers.filter((worker) => worker.pool === pool && isAlive(worker)).length;
}

function noPools(crew: CrewState): Refusal {
  return crew.crewFile.exists
    ? new Refusal('The crew file defines no pool that can be used.', 'Correct or complete it.', {
        title: 'Open Crew File',
        command: CommandId.openCrewFile,
      })
    : noCrewFile();
}
