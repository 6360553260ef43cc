/** Every operation of the control API and what carries it out. A method of the API without an entry does not compile. */
import type { ControlRequests } from '../../control/api.ts';
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import { effectiveSettings } from '../../core/effective-settings.ts';
import { StoreError } from '../../store/store-error.ts';
import { refuseProblems } from '../crew-file-source.ts';
import { checkHealth } from '../health.ts';
import { requireWorker, selectWorkers } from '../select.ts';
import { add, up } from './add-workers.ts';
import { cancel, forecast, reprioritise, requeue } from './change-jobs.ts';
import type { OperationContext } from './context.ts';
import { abort, drain, freeze, pause, remove, restart, stop } from './command-workers.ts';
import { explain } from './explain.ts';
import { drill, lastDrill } from './drill.ts';
import { room } from './crew-room.ts';
import { down } from './down.ts';
import { metrics } from './metrics.ts';
import { ramp, ramps } from './ramp.ts';
import { batches, enqueue, enqueueBatches, exportResults, job, jobs } from './queue-jobs.ts';

type Operation<Method extends keyof ControlRequests> = (
  parameters: ControlRequests[Method]['parameters'],
  context: OperationContext,
) => ControlRequests[Method]['result'] | Promise<ControlRequests[Method]['result']>;

/**
 * What somebody is told was done must be on the disk: refused while that takes nothing, and answered after a flush. What frees
 * a disk stays possible then: `abort`, `cancel` of a running job, `down` with abort.
 */
function saved<Method extends keyof ControlRequests>(operation: Operation<Method>): Operation<Method> {
  return async (parameters, context) => {
    context.disk.requireWritable();
    const result = await operation(parameters, context);
    try {
      await context.store.flush();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const { message, nextStep, file } = error;
      throw new ControlError(ControlErrorCode.storage, `It was done, but is not saved yet. ${message}`, {
        nextStep,
        place: file,
      });
    }
    return result;
  };
}

/** `connect`, `subscribe`, `unsubscribe` and `attend` belong to the connection; the control server answers them. */
export type ServedMethod = Exclude<keyof ControlRequests, 'connect' | 'subscribe' | 'unsubscribe' | 'attend'>;

export const operations: { readonly [Method in ServedMethod]: Operation<Method> } = {
  status: (_parameters, context) => context.state(),
  up: saved(up),
  down,
  add: saved(add),
  drain: saved(drain),
  stop: saved(stop),
  abort,
  restart: saved(restart),
  pause: saved(pause),
  freeze: saved(freeze),
  remove: saved(remove),
  health,
  room,
  tick: (_parameters, context) => {
    context.look();
    return context.state();
  },
  metrics,
  explain,
  history: ({ worker, limit = 100 }, context) => {
    requireWorker(worker, context.roster);
    return context.store.query('workerHistory', { worker, limit });
  },
  notes: ({ worker, limit = 100 }, context) => {
    requireWorker(worker, context.roster);
    return context.store.query('workerNotes', { worker, limit });
  },
  enqueue,
  enqueueBatches,
  drill: saved(drill),
  lastDrill,
  jobs,
  job,
  cancel,
  requeue: saved(requeue),
  reprioritise: saved(reprioritise),
  forecast,
  ramps,
  ramp: saved(ramp),
  batches,
  exportResults,
  // Of who only looks nothing is recorded; what the workers were started with comes first.
  settings: ({ settings = [] }, { crewFile, settings: crew }) =>
    effectiveSettings(crew.given ?? settings, crewFile.read()),
  alert: async (_parameters, context) => {
    const { crewFile } = context;
    const read = crewFile.read();
    // Those that are being written are to be tried, not those that hold meanwhile.
    if (read) refuseProblems(read, crewFile.file);
    return { outcomes: await context.care.alerter.test() };
  },
  archives: async (_parameters, { store, archivesFolder }) => ({
    folder: archivesFolder,
    archives: await store.query('archives', {}),
  }),
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
