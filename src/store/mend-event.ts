/**
 * Puts in place what a lost event must have said, so that a later one fits: a result is kept although the news that its job was
 * given to a worker is gone. Nothing is invented that would let a job run which may have ended.
 */
import type { JournalEvent } from '../core/events.ts';
import { membership, type JobGroup } from '../core/id-ranges.ts';
import type { JobId } from '../core/job.ts';
import { applyUnknownClaim, applyFinish } from './apply-job.ts';
import type { RunningClaim } from './claim-table.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

const ENDING_LOST = {
  message: 'How this attempt ended is lost: the journal was damaged.',
  type: 'lost',
};

/** Changes what keeps `event` from fitting, as far as that can be done. */
export function mendFor(projection: Projection, event: JournalEvent, at: number): void {
  switch (event.type) {
    case 'job.claimed':
      mendLaunch(projection, event.worker, event.launch, at);
      return mendClaim(projection, event, at);
    case 'job.finished':
      return mendFinish(projection, event, at);
    case 'job.checkpointed':
      return mendCheckpoint(projection, event);
    case 'job.cancelled':
      return putBackJob(projection, event.job, Infinity, at);
    case 'jobs.cancelled':
    case 'jobs.requeued':
      return putBackChosen(projection, event.groups, at);
    case 'worker.added':
      if (projection.workers.has(event.worker)) removeWorker(projection, event.worker, at);
      return;
    case 'worker.launched':
      return mendLaunch(projection, event.worker, event.launch - 1, at);
    case 'worker.spawned':
    case 'worker.registered':
      return mendLaunch(projection, event.worker, event.launch, at);
    case 'worker.transitioned':
      mendLaunch(projection, event.worker, event.launch, at);
      projection.workers.get(event.worker).state = event.from;
      return;
    case 'worker.removed':
      return putBackAllOf(projection, event.worker, at);
    case 'jobs.reprioritised':
    case 'worker.paused':
    case 'batch.enqueued':
    case 'pool.declared':
    case 'pool.removed':
    case 'crew.wanted':
    case 'settings.given':
    case 'alerts.told':
    case 'ramp.moved':
    case 'ramp.soaked':
    case 'batch.archived':
    case 'jobs.removed':
      return;
  }
}

/** The attempt goes back to the queue. Its number stays used, so that a late word about it is refused. */
export function putBack(projection: Projection, claim: RunningClaim, at: number): void {
  applyFinish(projection, {
    type: 'job.finished',
    job: claim.job,
    attempt: claim.attempt,
    outcome: 'returned',
    next: 'pending',
    startedAt: claim.claimedAt,
    finishedAt: Math.max(at, claim.claimedAt),
    error: ENDING_LOST,
  });
}

/** Ends the attempts of a job below `attempt`: one that is followed by another must have ended. */
function putBackJob(projection: Projection, job: JobId, attempt: number, at: number): void {
  const claim = projection.claims.all().find((candidate) => candidate.job === job);
  if (claim && claim.attempt < attempt) putBack(projection, claim, at);
}

function putBackAllOf(projection: Projection, worker: string, at: number): void {
  for (const claim of projection.claims.all()) if (claim.worker === worker) putBack(projection, claim, at);
}

/** A job that a person chose as one that does not run had ended: what is running of them has only not been heard to end. */
function putBackChosen(projection: Projection, groups: readonly JobGroup[], at: number): void {
  const isChosen = membership(groups);
  for (const claim of projection.claims.all()) {
    const { id: batch } = projection.batches.of(claim.job);
    if (isChosen({ id: claim.job, batch })) putBack(projection, claim, at);
  }
}

function removeWorker(projection: Projection, worker: string, at: number): void {
  putBackAllOf(projection, worker, at);
  projection.workers.remove(worker);
  projection.database.run('DELETE FROM workers WHERE id = ?', [worker]);
}

/** Launches that nobody knows of have passed; of the last one, only its number is known. */
function mendLaunch({ workers, database }: Projection, worker: string, launch: number, at: number): void {
  const entry = workers.get(worker);
  if (entry.launch >= launch) return;
  entry.launch = launch;
  database.run(
    `UPDATE workers SET launch = ?, launched_at = coalesce(launched_at, ?), pid = NULL, process_start_time = NULL,
       boot_id = NULL, profile = NULL, frozen_since = NULL WHERE id = ?`,
    [launch, at, worker],
  );
}

function mendClaim(projection: Projection, { job, attempt }: EventOf<'job.claimed'>, at: number): void {
  putBackJob(projection, job, attempt, at);
  fenceAttempt(projection, job, attempt - 1);
}

function mendFinish(projection: Projection, event: EventOf<'job.finished'>, at: number): void {
  const { job, attempt, startedAt } = event;
  putBackJob(projection, job, attempt, at);
  const ended = projection.database.number('SELECT count(*) FROM attempts WHERE job = ? AND attempt = ?', [
    job,
    attempt,
  ]);
  if (ended > 0) return;
  projection.database.run(
    `UPDATE jobs SET attempts = ?1 - 1 WHERE id = ?2 AND state = 'pending' AND attempts <= ?1
     AND failures <= ?1 - 1`,
    [attempt, job],
  );
  applyUnknownClaim(projection, job, attempt, startedAt);
}

/** The attempt may be alive, with a worker that is not known: its number is used up, and what it saved is not lost. */
function mendCheckpoint(projection: Projection, event: EventOf<'job.checkpointed'>): void {
  fenceAttempt(projection, event.job, event.attempt);
  projection.database.run(
    `UPDATE jobs SET checkpoint = ? WHERE id = ? AND state = 'pending' AND attempts = ?`,
    [JSON.stringify(event.checkpoint ?? null), event.job, event.attempt],
  );
}

/** Numbers up to `attempts` are used up: whoever may still run one of them is refused. */
export function fenceAttempt({ database }: Projection, job: JobId, attempts: number): void {
  database.run(`UPDATE jobs SET attempts = ?1 WHERE id = ?2 AND state = 'pending' AND attempts < ?1`, [
    attempts,
    job,
  ]);
}
