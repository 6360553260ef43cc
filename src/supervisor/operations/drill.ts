/** `drill` and `lastDrill`: batches of the crew file, each several times over, for somebody who compares what comes of them. */
import type { ControlRequests } from '../../control/api.ts';
import { ControlError, ControlErrorCode } from '../../control/control-error.ts';
import type { EnqueueResult } from '../../control/enqueue-request.ts';
import type { BatchSource } from '../../core/events.ts';
import type { BatchRow } from '../../core/job-records.ts';
import { matrixSize } from '../../core/matrix.ts';
import { badInput, enqueueCrewBatch, readCrewBatch } from '../enqueue.ts';
import { unknownPool } from '../select.ts';
import type { OperationContext } from './context.ts';
import { requireBatch } from './queue-jobs.ts';

/** Behind everything else that waits. */
const DRILL_PRIORITY = -1_000_000;
const MOST_TIMES = 1_000;
/** All results are looked at by whoever asked. */
const MOST_JOBS = 100_000;

export async function drill(
  { batches: names, times }: ControlRequests['drill']['parameters'],
  context: OperationContext,
): Promise<ControlRequests['drill']['result']> {
  if (times < 1 || times > MOST_TIMES)
    throw badInput(
      `A drill of ${times} runs is not possible.`,
      `Give a whole number from 1 to ${MOST_TIMES}.`,
    );
  const crewFile = context.crewFile.require();
  context.declarePools();
  const chosen = names ? names.map((name) => requireBatch(name, crewFile.batches)) : crewFile.batches;
  if (chosen.length === 0)
    throw badInput('There is no batch to drill.', 'Describe one under `batches:` in nightcrew.yaml.');
  const read = chosen.map((batch) => ({ batch, ...readCrewBatch(batch) }));
  for (const { batch, source } of read) refuseTooMany(batch.name, source, times);
  const result: ControlRequests['drill']['result'] = { drills: [] };
  for (const { batch, source } of read) {
    const pool = context.pools.settings(batch.pool);
    if (!pool) throw unknownPool(batch.pool, context.pools);
    const runs: EnqueueResult[] = [];
    for (let run = 1; run <= times; run++) {
      const name = runName(batch.name, run, times);
      // A second attempt would hide what the first one showed.
      const copy = { ...batch, name, attempts: 1, priority: DRILL_PRIORITY };
      runs.push(await enqueueCrewBatch(copy, { source }, pool, context));
    }
    result.drills.push({
      batch: batch.name,
      pool: batch.pool,
      ...(batch.check ? { check: batch.check } : {}),
      runs,
    });
  }
  return result;
}

export function lastDrill(
  { batch: name }: ControlRequests['lastDrill']['parameters'],
  { crewFile, queue }: OperationContext,
): ControlRequests['lastDrill']['result'] {
  const { pool, check } = requireBatch(name, crewFile.require().batches);
  const { runs, times } = newestRuns(name, queue.batches);
  if (runs.length < times || runs.length === 0) {
    const message =
      runs.length === 0
        ? `No drill of ${name} is in the queue.`
        : `Of the newest drill of ${name} only ${runs.length} of ${times} runs are in the queue.`;
    throw new ControlError(ControlErrorCode.notFound, message, {
      place: name,
      nextStep: `\`nightcrew drill ${name}\` runs one. If there was one, \`retention:\` has archived its jobs.`,
    });
  }
  return { batch: name, pool, ...(check ? { check } : {}), runs };
}

function runName(batch: string, run: number, times: number): string {
  return `${batch} (drill ${run} of ${times})`;
}

/** `batches`: oldest first. Of two drills at once it does not matter which run is whose: they ran the same jobs. */
function newestRuns(name: string, batches: Iterable<BatchRow>): { runs: BatchRow[]; times: number } {
  let runs: BatchRow[] = [];
  let times = 0;
  for (const batch of batches) {
    const of = Number(/ of (\d+)\)$/.exec(batch.name)?.[1]);
    if (batch.name === runName(name, 1, of)) {
      runs = [batch];
      times = of;
    } else if (batch.name === runName(name, runs.length + 1, times)) runs.push(batch);
  }
  return { runs, times };
}

function refuseTooMany(name: string, source: BatchSource, times: number): void {
  const jobs = times * ('matrix' in source ? matrixSize(source.matrix) : source.rows.length);
  if (jobs <= MOST_JOBS) return;
  throw badInput(
    `${times} runs of ${name} are ${jobs.toLocaleString('en')} jobs; a drill has at most ${MOST_JOBS.toLocaleString('en')} of a batch.`,
    'Run it fewer times, or describe a smaller batch for the drill.',
  );
}
