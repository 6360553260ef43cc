import type { WorkerView } from '../../control/crew-state.ts';
import { askItem } from '../questions/ask-item.ts';
import { Refusal } from '../refusal.ts';
import { noWorkerYet } from '../refusals.ts';
import { CONDITION_ICONS, presentWorker } from '../workers-view/worker-presentation.ts';
import { conditionOf } from '../workers-view/worker-condition.ts';
import type { WorkerTarget } from './worker-target.ts';

/** One worker: the one a command was called on, or one that a person picks. */
export async function chooseWorker(
  workers: readonly WorkerView[],
  title: string,
  target: WorkerTarget,
): Promise<WorkerView | undefined> {
  const id = typeof target === 'object' && target.kind === 'worker' ? target.worker : target;
  if (typeof id === 'string') {
    const worker = workers.find((candidate) => candidate.id === id);
    if (!worker) throw new Refusal(`There is no worker ${id} any more.`);
    return worker;
  }
  if (workers.length === 0) throw noWorkerYet();
  const items = workers.map((worker) => ({
    label: `$(${CONDITION_ICONS[conditionOf(worker)].icon}) ${worker.id}`,
    description: presentWorker(worker).description ?? '',
    worker,
  }));
  const picked = await askItem(items, { title, placeHolder: 'Worker', matchOnDescription: true });
  return picked?.worker;
}
