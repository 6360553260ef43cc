import type { CrewState, PoolView } from '../../control/crew-state.ts';
import { askItem } from '../questions/ask-item.ts';

/** What a job runs when nothing else is said. */
const DEFAULT_TASK = 'run';

/** The task of new jobs: asked only where the pool's workers advertise several. Undefined when the question was left. */
export async function chooseTask(crew: CrewState, pool: PoolView): Promise<string | undefined> {
  const workers = crew.workers.filter((worker) => worker.pool === pool.name);
  const tasks = [...new Set(workers.flatMap((worker) => worker.tasks))];
  const [first, ...others] = tasks;
  if (pool.protocol === 'command' || first === undefined) return DEFAULT_TASK;
  if (others.length === 0) return first;
  const items = tasks.map((label) => ({ label }));
  const picked = await askItem(items, { title: `Enqueue into ${pool.name}`, placeHolder: 'Task' });
  return picked?.label;
}
