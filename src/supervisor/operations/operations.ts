/** Every operation of the control API and what carries it out. A method of the API without an entry does not compile. */
import type { ControlRequests } from '../../control/api.ts';
import { checkHealth } from '../health.ts';
import { requireWorker, selectWorkers } from '../select.ts';
import { add, up } from './add-workers.ts';
import type { OperationContext } from './context.ts';
import { abort, down, drain, pause, remove, restart } from './end-workers.ts';
import { batches, cancel, enqueue, enqueueBatches, exportResults, job, jobs } from './queue-jobs.ts';

type Operation<Method extends keyof ControlRequests> = (
  parameters: ControlRequests[Method]['parameters'],
  context: OperationContext,
) => ControlRequests[Method]['result'] | Promise<ControlRequests[Method]['result']>;

/** `connect`, `subscribe` and `unsubscribe` belong to the connection; the control server answers them. */
export type ServedMethod = Exclude<keyof ControlRequests, 'connect' | 'subscribe' | 'unsubscribe'>;

export const operations: { readonly [Method in ServedMethod]: Operation<Method> } = {
  status: (_parameters, context) => context.state(),
  up,
  down,
  add,
  drain,
  abort,
  restart,
  pause,
  remove,
  health,
  history: ({ worker, limit = 100 }, context) => {
    requireWorker(worker, context.roster);
    return context.store.query('workerHistory', { worker, limit });
  },
  enqueue,
  enqueueBatches,
  jobs,
  job,
  cancel,
  batches,
  exportResults,
  crewFile: (_parameters, context) => context.crewFile.report(),
};

/** A worker that ended as asked is no patient, unless it was named. */
function health(
  { select }: ControlRequests['health']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['health']['result']> {
  const workers = selectWorkers(select, context.roster, context.pools);
  const judged = 'workers' in select ? workers : workers.filter((worker) => worker.state !== 'DEAD');
  return checkHealth(judged, context);
}
