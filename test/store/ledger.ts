/**
 * What a store must hold, kept by somebody else: the events in the order they were given, how far they were acknowledged, and
 * what the jobs must look like after any number of them. Shares no code with the store.
 */
import assert from 'node:assert/strict';
import type { JournalEvent } from '../../src/core/events.ts';
import type { RecoveryReport } from '../../src/store/contract.ts';
import { engine } from './dump.ts';

export interface LedgerJob {
  id: number;
  state: string;
  attempts: number;
  failures: number;
}

export class Ledger {
  readonly events: readonly JournalEvent[];
  /** Sequence numbers at which a record ended: what was appended together stands or falls together. */
  readonly recordEnds: Set<number>;
  /** Everything up to here was acknowledged. */
  acknowledged: number;

  constructor(events: readonly JournalEvent[], recordEnds = new Set([0]), acknowledged = 0) {
    this.events = events;
    this.recordEnds = recordEnds;
    this.acknowledged = acknowledged;
  }

  /** What was promised so far, for a look at it later. */
  copy(): Ledger {
    return new Ledger(this.events, new Set(this.recordEnds), this.acknowledged);
  }

  /** A crash may lose what nobody was told of, in whole records. It must never be taken for damage. */
  checkFound(lastSequence: number, recovery: RecoveryReport): void {
    assert.ok(
      lastSequence >= this.acknowledged,
      `${lastSequence} events were found, ${this.acknowledged} were acknowledged`,
    );
    assert.ok(this.recordEnds.has(lastSequence), `a part of a record was found: ${lastSequence}`);
    // Where a file cannot have two names, there is a moment without a current snapshot.
    if (recovery.snapshotProblem !== 'nightcrew.db is missing')
      assert.equal(recovery.snapshotProblem, undefined);
  }

  /** The database file is sound and says what the first `count` events say. */
  checkDatabase(bytes: Uint8Array, count: number): void {
    const database = new engine.Database(bytes);
    try {
      const rows = (sql: string): unknown[][] => database.exec(sql)[0]?.values ?? [];
      assert.deepEqual(rows('PRAGMA integrity_check'), [['ok']]);
      assert.deepEqual(rows('PRAGMA foreign_key_check'), []);
      assert.deepEqual(rows('SELECT last_sequence FROM meta'), [[count]]);
      assert.deepEqual(
        rows('SELECT id, state, attempts, failures FROM jobs ORDER BY id').map(
          ([id, state, attempts, failures]) => ({ id, state, attempts, failures }),
        ),
        this.jobsAfter(count),
      );
    } finally {
      database.close();
    }
  }

  jobsAfter(count: number): LedgerJob[] {
    const jobs: LedgerJob[] = [];
    for (const event of this.events.slice(0, count)) {
      if (event.type === 'batch.enqueued') {
        for (let id = event.firstJob; id < event.firstJob + event.count; id++)
          jobs.push({ id, state: 'pending', attempts: 0, failures: 0 });
      } else if (event.type === 'job.claimed') {
        Object.assign(jobs[event.job - 1]!, { state: 'running', attempts: event.attempt });
      } else if (event.type === 'job.cancelled') {
        jobs[event.job - 1]!.state = 'cancelled';
      } else if (event.type === 'job.finished') {
        const job = jobs[event.job - 1]!;
        job.state = event.next;
        if (['failed', 'crashed', 'timed-out'].includes(event.outcome)) job.failures++;
      }
    }
    return jobs;
  }
}
