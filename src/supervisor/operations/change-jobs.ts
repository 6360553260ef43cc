/** `cancel`, `requeue`, `reprioritise`, `forecast`. */
import type { ControlRequests } from '../../control/api.ts';
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import type { JobSelection, JobsChanged } from '../../control/selection.ts';
import { forecastPool } from '../forecast-pools.ts';
import { MAX_WORKERS_IN_POOL } from '../../core/crew-file-pool.ts';
import { unknownPool } from '../select.ts';
import type { OperationContext } from './context.ts';

export async function cancel(
  { dryRun, ...selection }: ControlRequests['cancel']['parameters'],
  context: OperationContext,
): Promise<JobsChanged> {
  checkSelection('cancel', selection, context);
  const changed = await context.jobChanges.make(
    { kind: 'cancel', reason: 'cancelled by hand' },
    selection,
    dryRun,
  );
  // A running job is ended by its worker, whatever the disk says.
  if (!context.disk.blocked) await context.store.flush();
  return changed;
}

export function requeue(
  { dryRun, fresh = false, ...selection }: ControlRequests['requeue']['parameters'],
  context: OperationContext,
): Promise<JobsChanged> {
  checkSelection('requeue', selection, context);
  return context.jobChanges.make({ kind: 'requeue', fresh }, selection, dryRun);
}

export function reprioritise(
  { dryRun, priority, ...selection }: ControlRequests['reprioritise']['parameters'],
  context: OperationContext,
): Promise<JobsChanged> {
  checkSelection('reprioritise', selection, context);
  return context.jobChanges.make({ kind: 'reprioritise', priority }, selection, dryRun);
}

export async function forecast(
  { pool, more = 1 }: ControlRequests['forecast']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['forecast']['result']> {
  if (pool !== undefined && !context.pools.settings(pool)) throw unknownPool(pool, context.pools);
  if (Math.abs(more) > MAX_WORKERS_IN_POOL) {
    throw new ControlError(
      ControlErrorCode.badInput,
      `${more} is more than the ${MAX_WORKERS_IN_POOL} workers that a pool may have.`,
      { place: 'more' },
    );
  }
  const at = context.clock.now();
  const names = pool === undefined ? context.state().pools.map(({ name }) => name) : [pool];
  return { at, pools: await Promise.all(names.map((name) => forecastPool(name, more, context))) };
}

function checkSelection(method: string, selection: JobSelection, { pools, queue }: OperationContext): void {
  const { jobs, filter } = selection as { jobs?: unknown; filter?: { pool?: string; batch?: number } };
  if ((jobs === undefined) === (filter === undefined)) {
    throw new ControlError(ControlErrorCode.badInput, `${method} takes either \`jobs\` or a \`filter\`.`, {
      place: method,
      nextStep: 'Name the jobs by their numbers, or say by a filter which are meant; {} is all of them.',
    });
  }
  if (filter?.pool !== undefined && !pools.settings(filter.pool)) throw unknownPool(filter.pool, pools);
  if (filter?.batch !== undefined && !queue.batch(filter.batch)) {
    throw new ControlError(ControlErrorCode.notFound, `There is no batch ${filter.batch}.`, {
      place: `batch ${filter.batch}`,
      nextStep: '`nightcrew batches` lists the batches.',
    });
  }
}
