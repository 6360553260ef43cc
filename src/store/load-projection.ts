/** Fills the memory side of a projection from its tables. */
import type { Projection } from './projection.ts';
import { countsOf } from './row-values.ts';

export function loadProjection(projection: Projection): void {
  const { database } = projection;
  const meta = database.row('SELECT * FROM meta')!;
  projection.lastSequence = meta['last_sequence'] as number;
  projection.nextJob = meta['next_job'] as number;
  projection.nextBatch = meta['next_batch'] as number;
  projection.crewWanted = meta['crew_wanted'] === 1;
  loadBatches(projection);
  loadWorkers(projection);
  loadClaims(projection);
}

function loadBatches({ database, batches }: Projection): void {
  const rows = database.rows(
    `SELECT id, pool, first_job, job_count, finished_at, pending, running, done, failed, cancelled
     FROM batches WHERE archived IS NULL ORDER BY first_job`,
  );
  for (const row of rows) {
    batches.add({
      id: row['id'] as number,
      pool: row['pool'] as string,
      firstJob: row['first_job'] as number,
      jobCount: row['job_count'] as number,
      finishedAt: row['finished_at'] as number | undefined,
      counts: countsOf(row),
    });
  }
}

function loadWorkers({ database, workers }: Projection): void {
  const rows = database.rows(
    'SELECT id, launch, state, jobs_done, jobs_failed, last_error, outcomes FROM workers',
  );
  for (const row of rows) {
    workers.add({
      id: row['id'] as string,
      launch: row['launch'] as number,
      state: (row['state'] as never) ?? null,
      jobsDone: row['jobs_done'] as number,
      outcomes: row['outcomes'] as string,
      jobsFailed: row['jobs_failed'] as number,
      lastError: row['last_error'] as string | undefined,
    });
  }
}

function loadClaims({ database, claims }: Projection): void {
  const rows = database.rows(
    `SELECT j.id, j.attempts, j.worker, j.launch, j.frame, j.claimed_at, i.job IS NOT NULL AS interrupted
     FROM jobs j LEFT JOIN interruptions i ON i.job = j.id WHERE j.state = 'running'`,
  );
  for (const row of rows) {
    claims.add({
      job: row['id'] as number,
      attempt: row['attempts'] as number,
      worker: row['worker'] as string,
      launch: row['launch'] as number,
      frame: row['frame'] as number,
      claimedAt: row['claimed_at'] as number,
      held: false,
      interrupted: row['interrupted'] === 1,
    });
  }
}
