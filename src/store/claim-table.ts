/**
 * The running claims in memory: few (the workers and what was sent ahead to them), asked for with every job that ends. A new
 * claim is *held*: it is written to its row in `jobs` only when somebody looks before the job has ended.
 */
import type { Claim, JobId } from '../core/job.ts';
import type { Database } from './database.ts';
import { InvariantError } from './invariant-error.ts';

export interface RunningClaim extends Claim {
  claimedAt: number;
  /** The row in `jobs` still says `pending`. */
  held: boolean;
  /** There is a row of it in `interruptions`. */
  interrupted: boolean;
}

export class ClaimTable {
  readonly #database: Database;
  readonly #claims = new Map<JobId, RunningClaim>();

  constructor(database: Database) {
    this.#database = database;
  }

  add(claim: RunningClaim): void {
    if (this.#claims.has(claim.job)) throw new InvariantError(`job ${claim.job} is claimed already`);
    this.#claims.set(claim.job, claim);
  }

  /** The running claim of a job, which must be the given attempt. */
  get(job: JobId, attempt: number): RunningClaim {
    const claim = this.#claims.get(job);
    if (!claim) throw new InvariantError(`job ${job} is not running`);
    if (claim.attempt !== attempt) {
      throw new InvariantError(`job ${job} runs as attempt ${claim.attempt}, not ${attempt}`);
    }
    return claim;
  }

  has(job: JobId): boolean {
    return this.#claims.has(job);
  }

  delete(job: JobId): void {
    this.#claims.delete(job);
  }

  all(): RunningClaim[] {
    return [...this.#claims.values()];
  }

  /** Forgets all, to be filled from the tables again. */
  clear(): void {
    this.#claims.clear();
  }

  writeHeld(): void {
    for (const claim of this.#claims.values()) if (claim.held) this.#write(claim);
  }

  #write(claim: RunningClaim): void {
    const changed = this.#database.change(
      `UPDATE jobs SET state = 'running', attempts = ?1, worker = ?2, launch = ?3, frame = ?4, claimed_at = ?5,
         not_before = NULL
       WHERE id = ?6 AND state = 'pending' AND attempts = ?1 - 1`,
      [claim.attempt, claim.worker, claim.launch, claim.frame, claim.claimedAt, claim.job],
    );
    if (changed !== 1) {
      throw new InvariantError(`job ${claim.job} cannot be claimed as attempt ${claim.attempt}`);
    }
    claim.held = false;
  }
}
