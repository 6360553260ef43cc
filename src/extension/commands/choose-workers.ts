import * as vscode from 'vscode';
import type { WorkerView } from '../../control/crew-state.ts';
import { quantity } from '../../core/quantity.ts';
import { askItems } from '../questions/ask-item.ts';
import { Refusal } from '../refusal.ts';
import type { WorkerAbility } from '../workers-view/worker-abilities.ts';
import { CONDITION_ICONS, presentWorker } from '../workers-view/worker-presentation.ts';
import { conditionOf } from '../workers-view/worker-condition.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';
import { crewOf } from '../link-state.ts';
import type { CommandContext } from './command-context.ts';
import { groupsOf, type WorkerGroup } from './worker-groups.ts';
import { targetedWorkers, workersAble, type WorkerTarget } from './worker-target.ts';

interface WorkersItem extends vscode.QuickPickItem {
  workers: WorkerView[];
}

/** The workers a command is to be applied to: those it was called on, or the ones a person picks from the palette. */
export async function chooseWorkers(
  context: CommandContext,
  verb: string,
  ability: WorkerAbility,
  target?: WorkerTarget,
  selected?: readonly WorkersNode[],
): Promise<WorkerView[] | undefined> {
  context.link.client();
  const crew = crewOf(context.link.state);
  if (!crew) return undefined;
  const targeted = targetedWorkers(crew, target, selected);
  const able = workersAble(targeted ?? crew.workers, ability);
  if (able.length === 0) throw nothingToDo(verb, targeted);
  if (targeted) return able;
  const picked = await askItems(itemsFor(able), {
    matchOnDescription: true,
    title: `${verb} Worker`,
    placeHolder: 'Select workers, a pool, a label or all',
  });
  const workers = [...new Set(picked?.flatMap((item) => item.workers))];
  return workers.length === 0 ? undefined : workers;
}

function nothingToDo(verb: string, targeted: WorkerView[] | undefined): Refusal {
  const [worker] = targeted ?? [];
  if (!worker) return new Refusal(`There is no worker to ${verb.toLowerCase()}.`);
  const subject =
    targeted?.length === 1 ? `${worker.id} is ${conditionOf(worker)}` : 'The workers are past that';
  return new Refusal(`${subject}: there is nothing to ${verb.toLowerCase()}.`);
}

/** Typing narrows them by id, label, condition and job; several that are picked count together. */
function itemsFor(workers: readonly WorkerView[]): WorkersItem[] {
  const groups = groupsOf(workers);
  const pools = [...new Set(workers.map((worker) => worker.pool))];
  const groupItems = (heading: string): WorkersItem[] =>
    groups.filter((group) => group.heading === heading).map(groupItem);
  return [
    ...section('Crew', groupItems('Crew')),
    ...section('Labels', groupItems('Labels')),
    ...pools.flatMap((pool) => {
      const members = workers.filter((worker) => worker.pool === pool);
      return section(pool, [...groupItems(pool), ...members.map(workerItem)]);
    }),
  ];
}

function section(heading: string, items: WorkersItem[]): WorkersItem[] {
  if (items.length === 0) return [];
  return [{ label: heading, kind: vscode.QuickPickItemKind.Separator, workers: [] }, ...items];
}

function groupItem({ icon, label, workers }: WorkerGroup): WorkersItem {
  return { label: `$(${icon}) ${label}`, description: quantity(workers.length, 'worker'), workers };
}

function workerItem(worker: WorkerView): WorkersItem {
  const { label, description } = presentWorker(worker);
  const { icon } = CONDITION_ICONS[conditionOf(worker)];
  return { label: `$(${icon}) ${label}`, description: description ?? '', workers: [worker] };
}
