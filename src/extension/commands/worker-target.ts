/** Which workers a command was called on: nodes of the tree, ids from the dashboard or a notice, or none yet. */
import type { CrewState, WorkerView } from '../../control/crew-state.ts';
import { abilitiesOf, type WorkerAbility } from '../workers-view/worker-abilities.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';

/** VS Code calls a tree's command with the node under the pointer and, if several are selected, with all of them. */
export type WorkerTarget = WorkersNode | string | undefined;

/** The workers meant, as they are now; undefined when the command was called on nothing. */
export function targetedWorkers(
  crew: CrewState,
  target: WorkerTarget,
  selected: readonly WorkersNode[] | undefined,
): WorkerView[] | undefined {
  if (target === undefined) return undefined;
  if (typeof target === 'string') return crew.workers.filter((worker) => worker.id === target);
  const nodes = selected && selected.length > 0 ? selected : [target];
  return crew.workers.filter((worker) =>
    nodes.some((node) => (node.kind === 'pool' ? node.pool === worker.pool : node.worker === worker.id)),
  );
}

export function workersAble(workers: readonly WorkerView[], ability: WorkerAbility): WorkerView[] {
  return workers.filter((worker) => abilitiesOf(worker).has(ability));
}
