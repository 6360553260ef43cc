/** `down`: all workers end, then supervisor and keeper. */
import type { ControlRequests } from '../../control/api.ts';
import type { WorkerOutcome } from '../../control/selection.ts';
import { isLive } from '../../core/worker-state.ts';
import type { Worker } from '../worker.ts';
import type { OperationContext } from './context.ts';

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
    const { launch } = worker;
    if (mode === 'abort') await context.endings.abort(worker);
    else if (mode === 'stop') context.endings.stop(worker, { reason: 'stopped with the crew' });
    else if (worker.state !== 'DRAINING') context.endings.drain(worker, 'drained with the crew');
    else context.endings.endForGood(worker);
    await context.until(() => !isLive(worker.state) || worker.launch !== launch);
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

function each(
  workers: readonly Worker[],
  end: (worker: Worker) => Promise<string>,
): Promise<WorkerOutcome[]> {
  return Promise.all(
    workers.map(async (worker) => {
      try {
        return { worker: worker.id, ok: true, message: await end(worker) };
      } catch (error) {
        return { worker: worker.id, ok: false, message: (error as Error).message };
      }
    }),
  );
}
