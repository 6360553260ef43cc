/** `enqueue`, `enqueueBatches`, `jobs`, `job`, `batches`, `exportResults`. */
import type { ControlRequests } from '../../control/api.ts';
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import type { EnqueueResult } from '../../control/enqueue-request.ts';
import type { CrewBatch } from '../../core/crew-file.ts';
import type { JobId } from '../../core/job.ts';
import type { ArchiveRow, BatchRow } from '../../core/job-records.ts';
import { StoreError } from '../../store/store-error.ts';
import { answerAgain, enqueue as enqueueRequest, enqueueCrewBatch, readCrewBatch } from '../enqueue.ts';
import { exportResults as writeResults } from '../export-results.ts';
import { unknownPool } from '../select.ts';
import type { OperationContext } from './context.ts';

/** Rows of one page. */
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 5_000;

export async function enqueue(
  request: ControlRequests['enqueue']['parameters'],
  context: OperationContext,
): Promise<EnqueueResult> {
  const { store, queue } = context;
  while (store.isBehind) await store.caughtUp();
  // Nothing comes between this and the enqueueing. Before anything is looked at that may have changed since it was done.
  const answered = queue.answered(request.request);
  if (answered) return answerAgain(answered, store);
  context.declarePools();
  const pool = context.pools.settings(request.pool);
  if (!pool) throw unknownPool(request.pool, context.pools);
  return enqueueRequest(request, pool, context);
}

export async function enqueueBatches(
  { request, batches: names, again }: ControlRequests['enqueueBatches']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['enqueueBatches']['result']> {
  const crewFile = context.crewFile.require();
  context.declarePools();
  const chosen = names ? names.map((name) => requireBatch(name, crewFile.batches)) : crewFile.batches;
  // All files are read and checked before anything is enqueued.
  const read = chosen.map((batch) => ({ batch, ...readCrewBatch(batch) }));
  const result: ControlRequests['enqueueBatches']['result'] = { enqueued: [], skipped: [] };
  for (const { batch, source, definition } of read) {
    const part = request === undefined ? undefined : `${request}/${batch.name}`;
    while (context.store.isBehind) await context.store.caughtUp();
    const answered = context.queue.answered(part);
    if (answered) {
      result.enqueued.push(await answerAgain(answered, context.store));
      continue;
    }
    const before = earlierBatch(batch.name, definition, context);
    const unfinished = before && before.counts.pending + before.counts.running > 0;
    if (before && (unfinished || !again)) {
      const reason = unfinished ? 'is not finished yet and goes on' : 'was worked off before, unchanged';
      result.skipped.push({ name: batch.name, batch: before, reason });
      continue;
    }
    const pool = context.pools.settings(batch.pool);
    if (!pool) throw unknownPool(batch.pool, context.pools);
    try {
      result.enqueued.push(
        await enqueueCrewBatch(
          batch,
          { source, definition, ...(part ? { request: part } : {}) },
          pool,
          context,
        ),
      );
    } catch (error) {
      throw unfinishedEnqueue(error, batch.name, result.enqueued);
    }
  }
  return result;
}

/** What was enqueued before the disk refused stays. */
function unfinishedEnqueue(error: unknown, name: string, before: readonly EnqueueResult[]): unknown {
  if (!(error instanceof StoreError) || before.length === 0) return error;
  const saved = before.map((batch) => batch.name).join(', ');
  return new StoreError(
    `Enqueued: ${saved}. Not enqueued: ${name} and what follows it. ${error.message}`,
    error.file,
    `${error.nextStep} Then enqueue once more: what is in the queue is skipped.`,
    { cause: error.cause },
  );
}

export async function jobs(
  { offset = 0, limit = DEFAULT_PAGE, ...filter }: ControlRequests['jobs']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['jobs']['result']> {
  if (filter.pool !== undefined && !context.pools.settings(filter.pool))
    throw unknownPool(filter.pool, context.pools);
  const [page, archives] = await Promise.all([
    context.store.query('jobs', { ...filter, offset, limit: Math.min(limit, LARGEST_PAGE) }),
    context.store.query('archives', {}),
  ]);
  const archived = archives.reduce((sum, { jobs: count }) => sum + count, 0);
  return { ...page, ...(archived > 0 ? { archived } : {}) };
}

export async function job(
  { job: id }: ControlRequests['job']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['job']['result']> {
  const found = Number.isSafeInteger(id) ? await context.store.query('job', { job: id }) : null;
  if (found) return found;
  const files = await archivesWith(id, context);
  if (files.length > 0) {
    throw new ControlError(ControlErrorCode.notFound, `Job ${id} is in an archive.`, {
      place: `job ${id}`,
      nextStep: `Look into ${context.archivesFolder}: zgrep '"id":${id},' ${files.map(({ file }) => file).join(' ')}`,
    });
  }
  throw unknownJob(id);
}

/** Files in which it may stand: those whose first and last job it is between. */
export async function archivesWith(id: JobId, { store }: OperationContext): Promise<ArchiveRow[]> {
  const archives = await store.query('archives', {});
  return archives.filter(({ firstJob, lastJob }) => id >= firstJob && id <= lastJob);
}

export function unknownJob(id: JobId): ControlError {
  return new ControlError(ControlErrorCode.notFound, `There is no job ${id}.`, {
    place: `job ${id}`,
    nextStep: '`nightcrew jobs` lists the jobs.',
  });
}

export function batches(
  parameters: ControlRequests['batches']['parameters'],
  context: OperationContext,
): Promise<BatchRow[]> {
  return context.store.query('batches', parameters);
}

export function exportResults(
  { batch: id }: ControlRequests['exportResults']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['exportResults']['result']> {
  const batch = context.queue.batch(id);
  if (!batch) {
    throw new ControlError(ControlErrorCode.notFound, `There is no batch ${id}.`, {
      place: `batch ${id}`,
      nextStep: '`nightcrew batches` lists the batches.',
    });
  }
  if (batch.archived !== undefined) {
    throw new ControlError(ControlErrorCode.notFound, `The jobs of batch ${id} are in an archive.`, {
      place: `batch ${id}`,
      nextStep: `Their results are in ${context.archivesFolder}/${batch.archived}.`,
    });
  }
  return writeResults(batch, context.store, context.resultsFolder);
}

export function requireBatch(name: string, known: readonly CrewBatch[]): CrewBatch {
  const batch = known.find((candidate) => candidate.name === name);
  if (batch) return batch;
  throw new ControlError(ControlErrorCode.notFound, `There is no batch ${name} in the crew file.`, {
    place: name,
    nextStep:
      known.length > 0
        ? `Batches: ${known.map((other) => other.name).join(', ')}.`
        : 'Describe one under `batches:`.',
  });
}

/** The newest batch made from the same definition. */
function earlierBatch(name: string, definition: string, { queue }: OperationContext): BatchRow | undefined {
  return [...queue.batches].filter((batch) => batch.name === name && batch.definition === definition).at(-1);
}
