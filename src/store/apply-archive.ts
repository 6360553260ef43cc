/** How ended jobs leave the database once they stand in an archive, and what is kept of the rest of history. */
import type { JournalEvent } from '../core/events.ts';
import { InvariantError } from './invariant-error.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** The batch's counts, as those of the archive that it is in, are settled; nothing of it may change any more. */
export function archiveBatch(projection: Projection, event: EventOf<'batch.archived'>, at: number): void {
  const entry = projection.batches.find(event.batch);
  if (!entry) throw new InvariantError(`batch ${event.batch} does not exist, or is archived already`);
  const { counts, firstJob, jobCount } = entry;
  if (counts.pending + counts.running > 0) throw new InvariantError(`batch ${event.batch} has not ended`);
  projection.settle();
  projection.batches.remove(entry);
  projection.database.run('UPDATE batches SET archived = ? WHERE id = ?', [event.file, event.batch]);
  const figures = [jobCount, counts.done, counts.failed, counts.cancelled, firstJob, firstJob + jobCount - 1];
  const changed = projection.database.change(
    `UPDATE archives SET batches = batches + 1, jobs = jobs + ?, done = done + ?, failed = failed + ?,
       cancelled = cancelled + ?, first_job = min(first_job, ?), last_job = max(last_job, ?) WHERE file = ?`,
    [...figures, event.file],
  );
  if (changed === 0)
    projection.database.run('INSERT INTO archives VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)', [
      event.file,
      at,
      ...figures,
    ]);
}

/**
 * A batch of the crew file stays as one row without jobs: it says that this definition was worked off, which is why it is not
 * enqueued again by mistake.
 */
export function removeJobs({ database }: Projection, { batch, through }: EventOf<'jobs.removed'>): void {
  const row = database.row('SELECT first_job, job_count, definition, archived FROM batches WHERE id = ?', [
    batch,
  ]);
  if (row?.['archived'] === undefined) throw new InvariantError(`batch ${batch} is not archived`);
  const first = row['first_job'] as number;
  const last = first + (row['job_count'] as number) - 1;
  const range = [first, Math.min(through, last)];
  database.run('DELETE FROM attempts WHERE job BETWEEN ? AND ?', range);
  database.run('DELETE FROM jobs WHERE id BETWEEN ? AND ?', range);
  if (through >= last && row['definition'] === undefined)
    database.run('DELETE FROM batches WHERE id = ?', [batch]);
}

/** The newest of them stay. The tables have no other end, and a crew lives for years. */
const TRANSITIONS_KEPT = 20_000;
const SUPERVISORS_KEPT = 1_000;
/** Ranges of jobs: of a change of many that are scattered, there are as many. */
const JOB_CHANGES_KEPT = 20_000;
/** Looked at with every so many events, by their numbers: replayed, it comes out the same. */
export const PRUNED_EVERY = 1_000;

export function pruneHistory({ database }: Projection): void {
  for (const [table, kept] of [
    ['worker_transitions', TRANSITIONS_KEPT],
    ['supervisors', SUPERVISORS_KEPT],
    ['job_changes', JOB_CHANGES_KEPT],
  ] as const) {
    // The number by which each row's table is in order.
    database.run(
      `DELETE FROM ${table} WHERE rowid <=
         (SELECT rowid FROM ${table} ORDER BY rowid DESC LIMIT 1 OFFSET ${kept})`,
      [],
    );
  }
}
