/**
 * The database as the sum of all events so far. What changes with every job (running claims, counts, the last sequence
 * number) lives in memory first and is written to the tables when somebody looks: a short job that is claimed and finished
 * in between costs one UPDATE and one INSERT.
 */
import type { SqlJsStatic } from 'sql.js';
import type { JournalEvent } from '../core/events.ts';
import type { JobId } from '../core/job.ts';
import { applyEvent } from './apply-event.ts';
import { BatchDirectory } from './batch-directory.ts';
import { ClaimTable } from './claim-table.ts';
import type { FrozenFile } from './database-file.ts';
import { Database } from './database.ts';
import { InvariantError } from './invariant-error.ts';
import { loadProjection } from './load-projection.ts';
import { SCHEMA } from './schema.ts';
import { WorkerDirectory } from './worker-directory.ts';

/** A record of the journal, as `journal-format.ts` describes it. */
export interface JournalRecord {
  s: number;
  n: number;
  t: number;
  e: JournalEvent[];
}

export class Projection {
  readonly database: Database;
  readonly batches = new BatchDirectory();
  readonly claims: ClaimTable;
  readonly workers: WorkerDirectory;
  lastSequence = 0;
  nextJob: JobId = 1;
  nextBatch = 1;
  crewWanted = false;
  #inTransaction = false;

  constructor(database: Database) {
    this.database = database;
    this.claims = new ClaimTable(database);
    this.workers = new WorkerDirectory(database);
    loadProjection(this);
  }

  static empty(engine: SqlJsStatic): Projection {
    const database = new Database(engine);
    database.script(SCHEMA);
    return new Projection(database);
  }

  /** Applies the events of records that follow each other. */
  apply(records: JournalRecord[]): void {
    this.begin();
    for (const record of records) {
      if (record.s !== this.lastSequence + 1 || record.n !== record.e.length) {
        throw new InvariantError(
          `record ${record.s} (${record.n} events) follows event ${this.lastSequence}`,
        );
      }
      for (const event of record.e) {
        this.lastSequence++;
        applyEvent(this, event, this.lastSequence, record.t);
      }
    }
  }

  /** Brings the tables up to the last event. */
  settle(): void {
    if (!this.#inTransaction) return;
    this.claims.writeHeld();
    this.workers.writeChanged();
    for (const { id, counts, finishedAt } of this.batches.takeChanged()) {
      this.database.run(
        `UPDATE batches SET pending = ?, running = ?, done = ?, failed = ?, cancelled = ?, finished_at = ? WHERE id = ?`,
        [
          counts.pending,
          counts.running,
          counts.done,
          counts.failed,
          counts.cancelled,
          finishedAt ?? null,
          id,
        ],
      );
    }
  }

  commit(): void {
    if (!this.#inTransaction) return;
    this.settle();
    this.database.run(
      `UPDATE meta SET last_sequence = ?, next_job = ?, next_batch = ?, crew_wanted = ? WHERE id = 1`,
      [this.lastSequence, this.nextJob, this.nextBatch, this.crewWanted ? 1 : 0],
    );
    this.database.script('COMMIT');
    this.#inTransaction = false;
  }

  /** The database file as of the last event. */
  freeze(): FrozenFile {
    this.commit();
    return this.database.freeze();
  }

  /** Begins a transaction, unless one is under way. */
  begin(): void {
    if (this.#inTransaction) return;
    this.database.script('BEGIN');
    this.#inTransaction = true;
  }

  /** Goes back to the last commit. */
  rollback(): void {
    if (this.#inTransaction) this.database.script('ROLLBACK');
    this.#inTransaction = false;
    this.batches.clear();
    this.claims.clear();
    this.workers.clear();
    loadProjection(this);
  }
}
