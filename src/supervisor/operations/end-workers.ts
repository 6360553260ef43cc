/** `drain`, `abort`, `restart`, `pause`, `remove` and `down`: what people do to workers that are there. */
import type { ControlRequests, Selection, WorkerOutcome } from '../../control/api.ts';
import { isLive } from '../../core/worker-state.ts';
import { selectWorkers, unknownPool } from '../select.ts';
import type { Worker } from '../worker.ts';
import { startedAs } from './add-workers.ts';
import type { OperationContext } from './context.ts';

/** What is done to one worker, in words; throwing tells why it could not be done. */
type Action = (worker: Worker) => string | Promise<string>;

export async function drain(
  { select, wait }: ControlRequests['drain']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['drain']['result']> {
  const workers = selectLive(select, context);
  const outcomes = await each(workers, (worker) => {
    requireLive(worker);
    if (worker.state === 'DRAINING') {
      context.endings.endForGood(worker);
      return `is draining already${remainder(worker)}`;
    }
    context.endings.drain(worker);
    return `draining${remainder(worker)}`;
  });
  if (wait) await context.gone(workers);
  return { outcomes };
}

export async function abort(
  { select }: ControlRequests['abort']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['abort']['result']> {
  const workers = selectLive(select, context);
  const outcomes = await each(workers, async (worker) => {
    requireLive(worker);
    const job = worker.current?.job.id;
    await context.endings.abort(worker);
    await context.gone([worker]);
    return job === undefined ? 'aborted; it had no job' : `aborted; job ${job} is back in the queue`;
  });
  return { outcomes };
}

export async function restart(
  { select }: ControlRequests['restart']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['restart']['result']> {
  const workers = selectWorkers(select, context.roster, context.pools);
  const outcomes = await each(workers, async (worker) => {
    const pool = context.pools.settings(worker.pool);
    if (!pool) throw unknownPool(worker.pool, context.pools);
    if (!isLive(worker.state)) {
      await context.launcher.launch(worker, pool, 'restarted by hand');
      if (worker.state === 'FAILED') throw new Error(worker.reason);
      return startedAs(worker).replace('started as', 'started again as');
    }
    const job = worker.current?.job.id;
    context.endings.stop(worker, { reason: 'restarted by hand', relaunch: true });
    return job === undefined ? 'restarting' : `restarting; job ${job} goes back to the queue`;
  });
  return { outcomes };
}

export async function pause(
  { select, paused }: ControlRequests['pause']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['pause']['result']> {
  const workers = selectLive(select, context);
  const outcomes = await each(workers, (worker) => {
    requireLive(worker);
    if (worker.paused === paused) return paused ? 'is paused already' : 'is not paused';
    worker.paused = paused;
    context.store.append({ type: 'worker.paused', worker: worker.id, paused });
    context.changes.worker(worker.id);
    if (paused) context.dispatcher.retract(worker, 'always');
    else context.dispatcher.feed(worker);
    context.dispatcher.schedule();
    return paused ? `takes no more jobs${remainder(worker)}` : 'takes jobs again';
  });
  return { outcomes };
}

export async function remove(
  { select }: ControlRequests['remove']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['remove']['result']> {
  const named = 'workers' in select;
  const workers = selectWorkers(select, context.roster, context.pools);
  // A filter means those that can be removed; a worker that was named is answered for.
  const chosen = named ? workers : workers.filter((worker) => !isLive(worker.state));
  const outcomes = await each(chosen, (worker) => {
    if (isLive(worker.state)) throw new Error(`is ${worker.state}; drain or abort it first`);
    context.roster.remove(worker);
    return 'removed; its log and history stay';
  });
  context.dispatcher.schedule();
  return { outcomes };
}

export async function down(
  { mode, unlessAttended = false }: ControlRequests['down']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['down']['result']> {
  if (unlessAttended && context.attended?.()) return { outcomes: [], ended: false, attended: true };
  // Results that wait for the disk would be lost with the crew; who aborts gives up work in any case.
  if (mode !== 'abort') context.disk.requireWritable();
  context.want(false);
  const workers = context.roster.live;
  const outcomes = await each(workers, async (worker) => {
    if (mode === 'abort') await context.endings.abort(worker);
    else if (mode === 'stop') context.endings.stop(worker, { reason: 'stopped with the crew' });
    else if (worker.state !== 'DRAINING') context.endings.drain(worker, 'drained with the crew');
    else context.endings.endForGood(worker);
    await context.gone([worker]);
    return worker.reason;
  });
  if (mode !== 'abort') await saved(context);
  // Somebody wants the crew again (`up`, `add` while the last job was being finished): then it lives on.
  const ended = !context.wanted() && context.roster.live.length === 0;
  if (ended && context.disk.blocked) {
    context.notice({
      severity: 'warning',
      message: 'The crew has ended, but that could not be saved: the next start brings it back.',
      nextStep: 'Free some space, then end it once more.',
    });
  }
  if (ended) context.endSoon();
  return { outcomes, ended };
}

/** What the last jobs brought is on the disk; only here and with the keeper it would be lost with the crew. */
async function saved({ disk, notice }: OperationContext): Promise<void> {
  if (disk.blocked) {
    notice({
      severity: 'warning',
      message:
        'All workers have ended. What they did last waits to be saved; the crew ends when the disk takes it.',
      nextStep: 'Free some space, or give that work up: end the crew with abort.',
    });
  }
  await disk.saved();
}

function each(workers: readonly Worker[], action: Action): Promise<WorkerOutcome[]> {
  return Promise.all(
    workers.map(async (worker) => {
      try {
        return { worker: worker.id, ok: true, message: await action(worker) };
      } catch (error) {
        return { worker: worker.id, ok: false, message: (error as Error).message };
      }
    }),
  );
}

/** A filter means those that live; a worker that was named is answered for, whatever it is. */
function selectLive(select: Selection, context: OperationContext): Worker[] {
  const workers = selectWorkers(select, context.roster, context.pools);
  return 'workers' in select ? workers : workers.filter((worker) => isLive(worker.state));
}

function requireLive(worker: Worker): void {
  if (!isLive(worker.state)) throw new Error(`is ${worker.state} already (${worker.reason})`);
}

function remainder(worker: Worker): string {
  return worker.current ? `; job ${worker.current.job.id} is still running` : '';
}
