/**
 * Brings what the journal holds into the projection when a store is opened. In a sound journal every event fits. Behind damage,
 * or after a bug has let a wrong event in, some do not: those are made to fit where that is safe, and left out and counted where
 * it is not, so that no single event can keep every later start from succeeding.
 */
import { MAX_JOBS_IN_BATCH } from '../core/crew-file-matrix.ts';
import type { JournalEvent } from '../core/events.ts';
import { isLive } from '../core/worker-state.ts';
import type { WorkerId } from '../core/worker.ts';
import { applyEvent } from './apply-event.ts';
import { fittingPart } from './apply-jobs.ts';
import type { RunningClaim } from './claim-table.ts';
import { InvariantError } from './invariant-error.ts';
import { fenceAttempt, mendFor, putBack } from './mend-event.ts';
import type { JournalRecord, Projection } from './projection.ts';
import { parsed } from './row-values.ts';

export interface SkippedEvent {
  sequence: number;
  at: number;
  reason: string;
  event: JournalEvent;
}

export interface ReplayReport {
  /** How many events were left out; the first thousand of them. */
  skippedCount: number;
  skipped: SkippedEvent[];
  /** How many events fitted only after something was put in place for them. */
  mended: number;
  /** Workers that may have jobs which are not recorded, or not have those which are. */
  doubtful: WorkerId[];
}

const SKIPPED_KEPT = 1000;

export class Replay {
  readonly #projection: Projection;
  readonly #skipped: SkippedEvent[] = [];
  #skippedCount = 0;
  #mended = 0;
  #lastTime = 0;
  /** Events that are missing behind the last batch: ones that may have enqueued jobs. */
  #lostSinceBatch = 0;
  #doubtful = new Set<WorkerId>();
  /** Workers that were given a job since the last loss. */
  #claimed = new Set<WorkerId>();

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  /** Records in order; between two of them some may be missing. */
  take(records: JournalRecord[]): void {
    const projection = this.#projection;
    const before = [this.#lostSinceBatch, new Set(this.#doubtful), new Set(this.#claimed)] as const;
    try {
      for (const record of records) {
        this.#passGap(record);
        projection.apply([record]);
        for (const event of record.e) this.#note(event);
        this.#lastTime = record.t;
      }
      projection.commit();
    } catch (error) {
      this.#undo(error);
      [this.#lostSinceBatch, this.#doubtful, this.#claimed] = before;
      for (const record of records) this.#takeCarefully(record);
    }
  }

  /** `moreLost`: events are known to be missing behind the last record. */
  finish(moreLost: boolean): ReplayReport {
    if (moreLost) this.#lose(1);
    if (this.#doubtful.size > 0 || this.#skippedCount > 0) this.#endWhatMustHaveEnded();
    this.#reserveNumbers();
    return {
      skippedCount: this.#skippedCount,
      skipped: this.#skipped,
      mended: this.#mended,
      doubtful: [...this.#doubtful].filter((worker) => !this.#isClearBy(worker)),
    };
  }

  #passGap(record: JournalRecord): void {
    const missing = record.s - this.#projection.lastSequence - 1;
    if (missing <= 0) return; // Those that were there already are refused where they are applied.
    this.#lose(missing);
    this.#projection.lastSequence = record.s - 1;
  }

  #lose(count: number): void {
    this.#lostSinceBatch += count;
    this.#claimed.clear();
    for (const { id, launch } of this.#projection.workers.all()) if (launch > 0) this.#doubtful.add(id);
  }

  #note(event: JournalEvent): void {
    if (event.type === 'batch.enqueued') this.#lostSinceBatch = 0;
    else if (event.type === 'worker.launched') this.#doubtful.delete(event.worker);
    else if (event.type === 'job.claimed') this.#claimed.add(event.worker);
  }

  /** One event at a time, so that one which does not fit takes no other with it. */
  #takeCarefully(record: JournalRecord): void {
    this.#passGap(record);
    this.#lastTime = record.t;
    for (const [index, event] of record.e.entries()) {
      const sequence = record.s + index;
      if (sequence <= this.#projection.lastSequence) continue;
      const reason = this.#try(event, sequence, record.t, false);
      if (reason === undefined) continue;
      if (this.#try(event, sequence, record.t, true) === undefined) this.#mended++;
      else this.#skip({ sequence, at: record.t, reason, event });
    }
  }

  /** Returns why the event does not fit, if it does not; then nothing has changed. */
  #try(event: JournalEvent, sequence: number, at: number, mend: boolean): string | undefined {
    const projection = this.#projection;
    try {
      projection.begin();
      projection.lastSequence = sequence;
      if (mend) mendFor(projection, event, at);
      applyEvent(projection, mend ? fittingPart(projection, event) : event, sequence, at);
      projection.commit();
      this.#note(event);
      return undefined;
    } catch (error) {
      this.#undo(error);
      return error instanceof Error ? error.message : String(error);
    }
  }

  #skip(skipped: SkippedEvent): void {
    // It may be anything.
    const event = skipped.event as Partial<JournalEvent> | null;
    this.#projection.begin();
    this.#projection.lastSequence = skipped.sequence;
    if (event?.type === 'job.claimed' && Number.isInteger(event.job) && Number.isInteger(event.attempt)) {
      fenceAttempt(this.#projection, event.job!, event.attempt!);
    }
    this.#projection.commit();
    this.#lose(event?.type === 'batch.enqueued' ? 1 : 0);
    this.#skippedCount++;
    if (this.#skipped.length < SKIPPED_KEPT) this.#skipped.push(skipped);
  }

  /** Back to the last commit. What is no fault of an event (memory, a database that is not sound) is none to go on from. */
  #undo(error: unknown): void {
    if (!isFaultOfEvent(error)) throw error;
    this.#projection.rollback();
  }

  /**
   * A worker that was launched again, has ended, or takes one job at a time and was given another, has not the jobs any more of
   * which only the beginning is known.
   */
  #endWhatMustHaveEnded(): void {
    const { claims, workers } = this.#projection;
    const newest = new Map<WorkerId, number>();
    for (const claim of claims.all()) {
      newest.set(claim.worker, Math.max(newest.get(claim.worker) ?? 0, claim.claimedAt));
    }
    for (const claim of claims.all()) {
      const { launch, state } = workers.get(claim.worker);
      const followed = claim.claimedAt < newest.get(claim.worker)! && this.#takesOneAtATime(claim.worker);
      if (claim.launch !== launch || state === null || !isLive(state) || followed) this.#end(claim);
    }
  }

  #end(claim: RunningClaim): void {
    try {
      this.#projection.begin();
      putBack(this.#projection, claim, this.#lastTime);
      this.#projection.commit();
      this.#mended++;
    } catch (error) {
      this.#undo(error);
    }
  }

  /** What a lost batch was called must never mean another one: its workers and its owners may still speak of it. */
  #reserveNumbers(): void {
    if (this.#lostSinceBatch === 0) return;
    this.#projection.begin();
    this.#projection.nextBatch += this.#lostSinceBatch;
    this.#projection.nextJob += this.#lostSinceBatch * MAX_JOBS_IN_BATCH;
    this.#projection.commit();
  }

  #isClearBy(worker: WorkerId): boolean {
    if (!this.#projection.workers.has(worker)) return true;
    return this.#claimed.has(worker) && this.#takesOneAtATime(worker);
  }

  #takesOneAtATime(worker: WorkerId): boolean {
    const row = this.#projection.database.row('SELECT profile FROM workers WHERE id = ?', [worker]);
    return parsed<{ prefetch: number }>(row?.['profile'])?.prefetch === 0;
  }
}

function isFaultOfEvent(error: unknown): boolean {
  const root = error instanceof InvariantError && error.cause !== undefined ? error.cause : error;
  if (root instanceof RangeError || (root instanceof Error && root.name === 'RuntimeError')) return false;
  const message = root instanceof Error ? root.message : String(root);
  return !/out of memory|malformed|disk|full|corrupt|not a database/i.test(message);
}
