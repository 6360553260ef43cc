/** All that a supervisor needs in memory, once at its start. */
import type { PoolSettings } from '../../core/pool.ts';
import { RESTARTS_AN_HOUR } from '../../core/restart-throttle.ts';
import type { SupervisorEnd } from '../../core/events.ts';
import type { GivenSetting } from '../../core/settings.ts';
import type { WorkerState } from '../../core/worker.ts';
import type { StoreQueries } from '../contract.ts';
import {
  REMEMBERED_REQUESTS,
  type AlertsTold,
  type AnsweredRequest,
  type MemoryPeak,
  type RestoredState,
  type RestoredWorker,
} from '../restored-state.ts';
import type { JobCounts } from '../../core/job-records.ts';
import type { Row } from '../database.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';
import { queryBatches } from './batches.ts';
import { queryRamps } from './ramps.ts';
import { PENDING_JOB_COLUMNS, toPendingJob } from './pending-head.ts';

export function queryRestore(projection: Projection): RestoredState {
  const { database } = projection;
  const pools = database
    .rows('SELECT settings FROM pools ORDER BY name')
    .map((row) => parsed<PoolSettings>(row['settings'])!);
  const counts = countsByPool(projection, pools);
  return {
    pools,
    workers: restoreWorkers(projection),
    running: runningJobs(projection),
    delayed: delayedJobs(projection),
    lanes: lanes(projection, counts),
    counts,
    batches: queryBatches(projection, {}),
    peaks: memoryPeaks(projection),
    requests: answeredRequests(projection),
    ramps: queryRamps(projection),
    nextJob: projection.nextJob,
    nextBatch: projection.nextBatch,
    crewWanted: projection.crewWanted,
    settings: remembered<GivenSetting[]>(projection, 'settings'),
    alertsTold: remembered<AlertsTold>(projection, 'alerts'),
    toRemove: partlyRemoved(projection),
    lastSupervisor: lastSupervisor(projection),
  };
}

function remembered<Value>({ database }: Projection, name: string): Value | undefined {
  const row = database.row('SELECT value FROM remembered WHERE name = ?', [name]);
  return row && parsed<Value>(row['value']);
}

export function partlyRemoved({ database }: Projection): RestoredState['toRemove'] {
  return database
    .rows(
      `SELECT id, first_job, job_count FROM batches WHERE archived IS NOT NULL AND (definition IS NULL
         OR EXISTS (SELECT 1 FROM jobs WHERE jobs.id BETWEEN first_job AND first_job + job_count - 1))`,
    )
    .map((row) => {
      const firstJob = row['first_job'] as number;
      return {
        batch: row['id'] as number,
        firstJob,
        lastJob: firstJob + (row['job_count'] as number) - 1,
      };
    });
}

function memoryPeaks({ database }: Projection): MemoryPeak[] {
  return database.rows('SELECT * FROM memory_peaks ORDER BY sequence').map((row) => ({
    pool: row['pool'] as string,
    task: row['task'] as string,
    worker: row['worker'] as string,
    launch: row['launch'] as number,
    bytes: row['bytes'] as number,
  }));
}

function answeredRequests({ database }: Projection): AnsweredRequest[] {
  return database
    .rows(
      `SELECT request, id, name, pool, job_count, first_job FROM batches
       WHERE request IS NOT NULL ORDER BY id DESC LIMIT ${REMEMBERED_REQUESTS}`,
    )
    .map((row) => ({
      request: row['request'] as string,
      batch: row['id'] as number,
      name: row['name'] as string,
      pool: row['pool'] as string,
      count: row['job_count'] as number,
      firstJob: row['first_job'] as number,
    }));
}

function lastSupervisor({ database }: Projection): RestoredState['lastSupervisor'] {
  const row = database.row('SELECT * FROM supervisors ORDER BY sequence DESC LIMIT 1');
  return (
    row && {
      server: row['server'] as string,
      version: row['version'] as string,
      process: {
        pid: row['pid'] as number,
        startTime: row['process_start_time'] as string,
        bootId: row['boot_id'] as string,
      },
      ended: row['ended'] as SupervisorEnd | undefined,
    }
  );
}

function restoreWorkers({ database }: Projection): RestoredWorker[] {
  const notes = Map.groupBy(
    database.rows(
      `SELECT worker, at, kind FROM worker_notes WHERE kind = 'restarted' OR kind = 'given-up' ORDER BY sequence`,
    ),
    (row) => row['worker'],
  );
  return database.rows('SELECT * FROM workers ORDER BY added_at, id').map((row) => {
    // One of the same name may have been removed before it came.
    const own = notes.get(row['id'])?.filter((note) => Number(note['at']) >= Number(row['added_at']));
    return toWorker(row, own ?? []);
  });
}

/** A worker that was added and never started is as good as ended: it can be started. */
function toWorker(row: Row, notes: readonly Row[]): RestoredWorker {
  return {
    id: row['id'] as string,
    pool: row['pool'] as string,
    state: (row['state'] as WorkerState | undefined) ?? 'DEAD',
    reason: row['state'] === undefined ? 'Added, not started yet' : (row['reason'] as string),
    stateSince: row['state_since'] as number,
    paused: row['paused'] === 1,
    labels: parsed(row['labels'])!,
    launch: row['launch'] as number,
    process:
      row['pid'] === undefined
        ? undefined
        : {
            pid: row['pid'] as number,
            startTime: row['process_start_time'] as string,
            bootId: row['boot_id'] as string,
          },
    profile: parsed(row['profile']),
    jobsDone: row['jobs_done'] as number,
    jobsFailed: row['jobs_failed'] as number,
    lastError: row['last_error'] as string | undefined,
    outcomes: row['outcomes'] as string,
    autoRestarts: notes
      .filter((note) => note['kind'] === 'restarted')
      .slice(-RESTARTS_AN_HOUR)
      .map((note) => note['at'] as number),
    hasGivenUp: notes.at(-1)?.['kind'] === 'given-up',
    launchedAt: row['launched_at'] as number | undefined,
    ending: parsed(row['ending']),
    devices: parsed(row['devices']),
    settings: parsed(row['settings']),
    frozenSince: row['frozen_since'] as number | undefined,
  };
}

function runningJobs({ database }: Projection): RestoredState['running'] {
  return database
    .rows(
      `SELECT ${PENDING_JOB_COLUMNS}, j.worker, j.launch, j.frame, j.claimed_at, i.outcome AS interruption, i.since
       FROM jobs j JOIN batches b ON b.id = j.batch LEFT JOIN interruptions i ON i.job = j.id
       WHERE j.state = 'running' ORDER BY j.id`,
    )
    .map((row) => ({
      ...toPendingJob(row),
      worker: row['worker'] as string,
      launch: row['launch'] as number,
      attempt: row['attempts'] as number,
      frame: row['frame'] as number,
      claimedAt: row['claimed_at'] as number,
      interrupted:
        row['interruption'] === undefined
          ? undefined
          : { outcome: row['interruption'] as 'cancelled' | 'timed-out', since: row['since'] as number },
    }));
}

/** From route to route along the index `pending_lanes`: to count what waits in each would be most of a start. */
const ROUTES_OF_POOL = `WITH RECURSIVE routes (route) AS (
    SELECT (SELECT min(route) FROM jobs INDEXED BY pending_lanes WHERE state = 'pending' AND pool = ?1)
    UNION ALL
    SELECT (SELECT min(jobs.route) FROM jobs INDEXED BY pending_lanes
            WHERE state = 'pending' AND pool = ?1 AND jobs.route > routes.route)
    FROM routes WHERE route IS NOT NULL
  ) SELECT route FROM routes WHERE route IS NOT NULL`;

function lanes(projection: Projection, counts: Record<string, JobCounts>): RestoredState['lanes'] {
  return Object.keys(counts).flatMap((pool) =>
    queryRoutes(projection, { pool }).map((route) => ({ pool, route })),
  );
}

export function queryRoutes(
  { database }: Projection,
  { pool }: StoreQueries['routes']['parameters'],
): string[] {
  return database.rows(ROUTES_OF_POOL, [pool]).map((row) => row['route'] as string);
}

function delayedJobs({ database }: Projection): RestoredState['delayed'] {
  return database
    .rows(
      `SELECT ${PENDING_JOB_COLUMNS}, j.not_before FROM jobs j INDEXED BY delayed_jobs JOIN batches b ON b.id = j.batch
       WHERE j.not_before IS NOT NULL ORDER BY j.not_before`,
    )
    .map((row) => ({ ...toPendingJob(row), notBefore: row['not_before'] as number }));
}

function countsByPool({ batches }: Projection, pools: PoolSettings[]): Record<string, JobCounts> {
  const none: JobCounts = { pending: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
  const counts: Record<string, JobCounts> = {};
  for (const { name } of pools) counts[name] = { ...none };
  for (const batch of batches.entries) {
    const pool = (counts[batch.pool] ??= { ...none });
    pool.pending += batch.counts.pending;
    pool.running += batch.counts.running;
    pool.done += batch.counts.done;
    pool.failed += batch.counts.failed;
    pool.cancelled += batch.counts.cancelled;
  }
  return counts;
}
