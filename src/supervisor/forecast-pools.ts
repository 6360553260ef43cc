/** What the supervisor knows of its pools, put before the rules of `core/forecast.ts`. */
import type { PoolForecast } from '../control/pool-forecast.ts';
import type { Clock } from '../core/clock.ts';
import { forecast, type ForecastJobs } from '../core/forecast.ts';
import type { Store } from '../store/contract.ts';
import type { BatchId } from '../core/job.ts';
import type { BatchRow } from '../core/job-records.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';

interface Parts {
  store: Store;
  queue: Queue;
  roster: Roster;
  clock: Clock;
}

/** Of each batch: enough for a mean, few enough to read. */
const DURATIONS_OF_BATCH = 200;
/** Ended jobs of its own from which a batch is judged; with fewer, all of its task are. */
const ENOUGH_OF_BATCH = 5;

export async function forecastPool(name: string, more: number, parts: Parts): Promise<PoolForecast> {
  const { queue, roster } = parts;
  const jobs = await jobsOf(name, parts);
  const { pending, running } = queue.pool(name).counts;
  const workers = roster.ofPool(name).filter((worker) => worker.takesJobs || worker.current).length;
  return {
    pool: name,
    left: pending + running,
    ...forecast(jobs, workers),
    whatIf: forecast(jobs, Math.max(0, workers + more)),
  };
}

async function jobsOf(pool: string, { store, queue, roster, clock }: Parts): Promise<ForecastJobs> {
  const ended = await store.query('durations', { pool, limit: DURATIONS_OF_BATCH });
  const durations = new Map<string, number[]>();
  for (const { batch, task, seconds } of ended) {
    if (seconds.length >= ENOUGH_OF_BATCH) durations.set(batchKind(queue.batch(batch)), seconds);
    durations.set(taskKind(task), [...(durations.get(taskKind(task)) ?? []), ...seconds]);
  }
  const kindOf = (batch: BatchRow | undefined, task: string): string => {
    const own = batchKind(batch);
    return durations.has(own) ? own : taskKind(task);
  };
  const waiting = [...queue.batches].filter((batch) => batch.pool === pool && batch.counts.pending > 0);
  const delayed = queue.retries.waits(pool);
  const delayedOf = new Map<BatchId, number>();
  for (const { job } of delayed) delayedOf.set(job.batch, (delayedOf.get(job.batch) ?? 0) + 1);
  const now = clock.monotonic();
  return {
    durations,
    waiting: waiting.map((batch) => ({
      kind: kindOf(batch, batch.task),
      count: batch.counts.pending - (delayedOf.get(batch.id) ?? 0),
    })),
    delayed: delayed.map(({ job, seconds }) => ({ kind: kindOf(queue.batch(job.batch), job.task), seconds })),
    running: roster.ofPool(pool).flatMap(({ current, assignments }) => {
      if (!current) return [];
      const { job, startedMonotonic, progress } = current;
      const kind = kindOf(queue.batch(job.batch), job.task);
      const elapsed = Math.max(0, now - (startedMonotonic ?? now)) / 1000;
      const ahead = assignments.slice(1).map((next) => ({
        kind: kindOf(queue.batch(next.job.batch), next.job.task),
        elapsed: 0,
      }));
      const fraction = progress?.fraction === undefined ? {} : { fraction: progress.fraction };
      return [{ kind, elapsed, ...fraction }, ...ahead];
    }),
  };
}

function batchKind(batch: BatchRow | undefined): string {
  return `batch ${batch?.name ?? ''} (${batch?.id ?? ''})`;
}

function taskKind(task: string): string {
  return `task ${task}`;
}
