/** What happens to one job: claimed, checkpointed, finished, cancelled while it waits. */
import type { JobClaimed, JobFinished, JournalEvent } from '../core/events.ts';
import type { AttemptOutcome, JobId } from '../core/job.ts';
import type { RunningClaim } from './claim-table.ts';
import { InvariantError } from './invariant-error.ts';
import { recordJobChange } from './job-changes.ts';
import type { Projection } from './projection.ts';

export function applyClaim({ workers, claims, batches }: Projection, event: JobClaimed, at: number): void {
  const { job, attempt, worker, launch, frame } = event;
  workers.launched(worker, launch);
  claims.add({ job, attempt, worker, launch, frame, claimedAt: at, held: true, interrupted: false });
  batches.move(job, 'pending', 'running', at);
}

/** Stands for a worker in attempts of which only the end is recorded. */
const UNKNOWN_WORKER = 'unknown';

/** The claim of an attempt whose beginning was lost. */
export function applyUnknownClaim(
  { claims, batches }: Projection,
  job: JobId,
  attempt: number,
  at: number,
): void {
  claims.add({
    job,
    attempt,
    worker: UNKNOWN_WORKER,
    launch: 0,
    frame: 0,
    claimedAt: at,
    held: true,
    interrupted: false,
  });
  batches.move(job, 'pending', 'running', at);
}

export function applyFinish(projection: Projection, event: JobFinished): void {
  const { claims, batches } = projection;
  if ((event.outcome === 'done') !== (event.next === 'done')) {
    throw new InvariantError(`an attempt that ended as ${event.outcome} leaves no job ${event.next}`);
  }
  const claim = claims.get(event.job, event.attempt);
  if (event.next === 'pending') putBack(projection, event, claim);
  else end(projection, event, claim);
  recordAttempt(projection, event, claim);
  countForWorker(projection, event, claim);
  if (claim.interrupted) projection.database.run('DELETE FROM interruptions WHERE job = ?', [event.job]);
  claims.delete(event.job);
  batches.move(event.job, 'running', event.next, event.finishedAt);
}

export function applyCheckpoint(
  { claims, database }: Projection,
  event: Extract<JournalEvent, { type: 'job.checkpointed' }>,
): void {
  claims.get(event.job, event.attempt);
  database.run('UPDATE jobs SET checkpoint = ? WHERE id = ?', [
    event.checkpoint === undefined || event.checkpoint === null ? null : JSON.stringify(event.checkpoint),
    event.job,
  ]);
}

export function applyResend(
  { claims, database }: Projection,
  event: Extract<JournalEvent, { type: 'job.resent' }>,
): void {
  const claim = claims.get(event.job, event.attempt);
  claim.frame = event.frame;
  if (!claim.held) database.run('UPDATE jobs SET frame = ? WHERE id = ?', [event.frame, event.job]);
}

export function applyInterruption(
  { claims, database }: Projection,
  event: Extract<JournalEvent, { type: 'job.interrupted' }>,
  at: number,
): void {
  claims.get(event.job, event.attempt).interrupted = true;
  database.run('DELETE FROM interruptions WHERE job = ?', [event.job]);
  database.run('INSERT INTO interruptions (job, attempt, outcome, since) VALUES (?, ?, ?, ?)', [
    event.job,
    event.attempt,
    event.outcome,
    at,
  ]);
}

export function applyPendingCancel(
  projection: Projection,
  event: Extract<JournalEvent, { type: 'job.cancelled' }>,
  at: number,
): void {
  const { claims, database, batches } = projection;
  if (claims.has(event.job)) throw new InvariantError(`job ${event.job} is running`);
  const changed = database.change(
    `UPDATE jobs SET state = 'cancelled', finished_at = ?, error = ?, not_before = NULL
     WHERE id = ? AND state = 'pending'`,
    [at, JSON.stringify({ message: event.reason, type: 'cancelled' }), event.job],
  );
  if (changed !== 1) throw new InvariantError(`job ${event.job} is not pending`);
  batches.move(event.job, 'pending', 'cancelled', at);
  recordJobChange(projection, {
    at,
    kind: 'cancelled',
    detail: event.reason,
    ids: [event.job, event.job],
  });
}

/** Whether an attempt with this outcome counts against the job's limit, and as a failure of its worker. */
function counts(outcome: AttemptOutcome): boolean {
  return outcome === 'failed' || outcome === 'crashed' || outcome === 'timed-out';
}

/** The row as it must be found: a held claim has not been written to it yet. */
function expectedRow(claim: RunningClaim): [state: string, attempts: number] {
  return claim.held ? ['pending', claim.attempt - 1] : ['running', claim.attempt];
}

function end({ database }: Projection, event: JobFinished, claim: RunningClaim): void {
  const changed = database.change(
    `UPDATE jobs SET state = ?, attempts = ?, failures = failures + ?, worker = ?, launch = NULL, frame = NULL,
       claimed_at = NULL, started_at = ?, finished_at = ?, result = ?, error = ?, not_before = NULL
     WHERE id = ? AND state = ? AND attempts = ?`,
    [
      event.next,
      claim.attempt,
      counts(event.outcome) ? 1 : 0,
      claim.worker,
      event.startedAt,
      event.finishedAt,
      event.next === 'done' && event.result !== undefined ? JSON.stringify(event.result) : null,
      event.next !== 'done' && event.error ? JSON.stringify(event.error) : null,
      event.job,
      ...expectedRow(claim),
    ],
  );
  checkChanged(changed, event);
}

/** The error of a failed attempt stays with the job, which explains why it waits again. */
function putBack({ database }: Projection, event: JobFinished, claim: RunningClaim): void {
  const changed = database.change(
    `UPDATE jobs SET state = 'pending', attempts = ?, failures = failures + ?, worker = NULL, launch = NULL,
       frame = NULL, claimed_at = NULL, error = coalesce(?, error), not_before = ?
     WHERE id = ? AND state = ? AND attempts = ?`,
    [
      claim.attempt,
      counts(event.outcome) ? 1 : 0,
      event.error ? JSON.stringify(event.error) : null,
      event.notBefore ?? null,
      event.job,
      ...expectedRow(claim),
    ],
  );
  checkChanged(changed, event);
}

function checkChanged(changed: number, event: JobFinished): void {
  if (changed !== 1)
    throw new InvariantError(`attempt ${event.attempt} of job ${event.job} is not its next one`);
}

function recordAttempt({ database }: Projection, event: JobFinished, claim: RunningClaim): void {
  database.run('INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
    event.job,
    event.attempt,
    claim.worker,
    claim.launch,
    event.startedAt,
    event.finishedAt,
    event.outcome,
    event.error ? JSON.stringify(event.error) : null,
    event.logTail ?? null,
  ]);
}

function countForWorker({ workers }: Projection, event: JobFinished, claim: RunningClaim): void {
  if (claim.worker === UNKNOWN_WORKER) return;
  if (event.outcome === 'done') workers.countDone(claim.worker);
  else if (counts(event.outcome)) workers.countFailed(claim.worker, event.error?.message ?? event.outcome);
}
