/** How far a run is: pure judgements over the crew's state. */
import type { BatchRow, JobCounts } from '../../core/job-records.ts';
import type { CrewState, WorkerView } from '../../control/crew-state.ts';
import { RESTARTS_AN_HOUR } from '../../core/restart-throttle.ts';
import { isLive } from '../../core/worker-state.ts';

export interface RunProgress {
  /** The batches that the run is about, in the order of their numbers. */
  batches: BatchRow[];
  /** Of these batches together. */
  counts: JobCounts;
  total: number;
  /** Jobs that have ended, however. */
  ended: number;
  /** Nothing is pending or running. */
  finished: boolean;
  /** Pools with unfinished jobs of the run and no worker that lives, is about to be started again or waits for room. */
  blocked: BlockedPool[];
  /** Pools with unfinished jobs of the run whose workers all wait for room. */
  waiting: string[];
  /** Nothing runs, and nothing of what is pending can: it would wait for ever. */
  stuck: boolean;
}

export interface BlockedPool {
  name: string;
  /** Its workers, all ended; empty if it has none. */
  workers: WorkerView[];
  unfinished: number;
}

export function runProgress(state: CrewState, batchIds: ReadonlySet<number>): RunProgress {
  const batches = state.batches.filter(({ id }) => batchIds.has(id));
  const counts = sumCounts(batches);
  const unfinished = counts.pending + counts.running;
  const pools = poolsAtWork(state, batches).filter(
    ({ workers }) => !workers.some(({ state }) => isLive(state)),
  );
  const blocked = pools.filter(
    ({ workers }) => !workers.some((worker) => waitsForRoom(worker) || isDue(worker)),
  );
  const waiting = pools.filter(({ workers }) => workers.some(waitsForRoom));
  const total = batches.reduce((sum, batch) => sum + batch.count, 0);
  return {
    batches,
    counts,
    total,
    ended: total - unfinished,
    finished: unfinished === 0,
    blocked,
    waiting: waiting.map(({ name }) => name),
    stuck:
      unfinished > 0 && unfinishedIn(batches) === blocked.reduce((sum, pool) => sum + pool.unfinished, 0),
  };
}

/** The batches that wait or are worked on. */
export function unfinishedBatches(state: CrewState): BatchRow[] {
  return state.batches.filter((batch) => unfinishedIn([batch]) > 0);
}

function poolsAtWork(state: CrewState, batches: readonly BatchRow[]): BlockedPool[] {
  const unfinished = batches.filter((batch) => unfinishedIn([batch]) > 0);
  return [...Map.groupBy(unfinished, ({ pool }) => pool)].map(([name, ofPool]) => ({
    name,
    workers: state.workers.filter(({ pool }) => pool === name),
    unfinished: unfinishedIn(ofPool),
  }));
}

/** It starts when there is room for it; until then that is shown as a trouble. */
function waitsForRoom({ refusal }: WorkerView): boolean {
  return refusal !== undefined && !refusal.never;
}

/**
 * It is about to be started again. One that never got as far as a job has a mistake in it that a person should hear of at once, and
 * one that was restarted so often is not for long.
 */
function isDue({ restartDue, jobsDone, jobsFailed, autoRestarts }: WorkerView): boolean {
  return restartDue !== undefined && jobsDone + jobsFailed > 0 && autoRestarts < RESTARTS_AN_HOUR;
}

function unfinishedIn(batches: readonly BatchRow[]): number {
  return batches.reduce((sum, { counts }) => sum + counts.pending + counts.running, 0);
}

function sumCounts(batches: readonly BatchRow[]): JobCounts {
  const sum: JobCounts = { pending: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { counts } of batches) {
    for (const state of Object.keys(sum) as (keyof JobCounts)[]) sum[state] += counts[state];
  }
  return sum;
}
