/** The workers in memory: what each event about a job must know of its worker, and counters that change with every job. */
import { addOutcome } from '../core/recent-outcomes.ts';
import type { WorkerId, WorkerState } from '../core/worker.ts';
import type { Database } from './database.ts';
import { InvariantError } from './invariant-error.ts';

export interface WorkerEntry {
  readonly id: WorkerId;
  launch: number;
  /** Null before its first transition. */
  state: WorkerState | null;
  jobsDone: number;
  jobsFailed: number;
  lastError: string | undefined;
  /** How its newest attempts ended, since it was launched; see `recent-outcomes.ts`. */
  outcomes: string;
}

export class WorkerDirectory {
  readonly #database: Database;
  readonly #workers = new Map<WorkerId, WorkerEntry>();
  readonly #changed = new Set<WorkerEntry>();

  constructor(database: Database) {
    this.#database = database;
  }

  add(entry: WorkerEntry): void {
    if (this.#workers.has(entry.id)) throw new InvariantError(`worker ${entry.id} exists already`);
    this.#workers.set(entry.id, entry);
  }

  get(worker: WorkerId): WorkerEntry {
    const entry = this.#workers.get(worker);
    if (!entry) throw new InvariantError(`worker ${worker} does not exist`);
    return entry;
  }

  has(worker: WorkerId): boolean {
    return this.#workers.has(worker);
  }

  all(): WorkerEntry[] {
    return [...this.#workers.values()];
  }

  /** The worker in the launch that is meant. */
  launched(worker: WorkerId, launch: number): WorkerEntry {
    const entry = this.get(worker);
    if (entry.launch !== launch) {
      throw new InvariantError(`worker ${worker} is in launch ${entry.launch}, not ${launch}`);
    }
    return entry;
  }

  remove(worker: WorkerId): void {
    this.#changed.delete(this.get(worker));
    this.#workers.delete(worker);
  }

  countDone(worker: WorkerId): void {
    const entry = this.get(worker);
    entry.jobsDone++;
    entry.outcomes = addOutcome(entry.outcomes, false);
    this.#changed.add(entry);
  }

  countFailed(worker: WorkerId, error: string): void {
    const entry = this.get(worker);
    entry.jobsFailed++;
    entry.outcomes = addOutcome(entry.outcomes, true);
    entry.lastError = error;
    this.#changed.add(entry);
  }

  /** Forgets all, to be filled from the tables again. */
  clear(): void {
    this.#workers.clear();
    this.#changed.clear();
  }

  writeChanged(): void {
    for (const { id, jobsDone, jobsFailed, lastError, outcomes } of this.#changed) {
      this.#database.run(
        'UPDATE workers SET jobs_done = ?, jobs_failed = ?, last_error = ?, outcomes = ? WHERE id = ?',
        [jobsDone, jobsFailed, lastError ?? null, outcomes, id],
      );
    }
    this.#changed.clear();
  }
}
