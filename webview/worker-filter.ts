/** Which workers the dashboard shows, and in which order. */
import type { WorkerView } from '../src/control/crew-state.ts';
import { conditionOf, type WorkerCondition } from '../src/extension/workers-view/worker-condition.ts';

/** What needs a person comes first in the chips. */
const ORDER: WorkerCondition[] = [
  'failed',
  'stalled',
  'offline',
  'stuck',
  'unhealthy',
  'working',
  'idle',
  'starting',
  'draining',
  'paused',
  'frozen',
  'dead',
];

const naturalOrder = new Intl.Collator('en', { numeric: true });

/** Every word of the text must be found in the worker's id, pool, labels, condition, PID or job. */
export function filterWorkers(workers: readonly WorkerView[], text: string, condition: string): WorkerView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return workers
    .filter((worker) => condition === 'all' || conditionOf(worker) === condition)
    .filter((worker) => {
      const searched = searchedText(worker);
      return words.every((word) => searched.includes(word));
    })
    .sort((one, other) => naturalOrder.compare(one.id, other.id));
}

/** The conditions that some worker is in, with how many. */
export function conditionsPresent(workers: readonly WorkerView[]): [WorkerCondition, number][] {
  const conditions = workers.map(conditionOf);
  return ORDER.map((name): [WorkerCondition, number] => [
    name,
    conditions.filter((condition) => condition === name).length,
  ]).filter(([, count]) => count > 0);
}

function searchedText(worker: WorkerView): string {
  return [
    worker.id,
    worker.pool,
    conditionOf(worker),
    String(worker.pid ?? ''),
    ...Object.entries(worker.labels).flat(),
    worker.job ? `${worker.job.batchName} #${worker.job.id} ${JSON.stringify(worker.job.parameters)}` : '',
  ]
    .join(' ')
    .toLowerCase();
}
