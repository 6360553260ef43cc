/** Batches with their counts, oldest first. */
import type { StoreQueries } from '../contract.ts';
import type { BatchRow } from '../../core/job-records.ts';
import type { Row } from '../database.ts';
import type { Projection } from '../projection.ts';
import { countsOf } from '../row-values.ts';

export function queryBatches(
  { database }: Projection,
  { name }: StoreQueries['batches']['parameters'],
): BatchRow[] {
  const rows =
    name === undefined
      ? database.rows('SELECT * FROM batches ORDER BY id')
      : database.rows('SELECT * FROM batches WHERE name = ? ORDER BY id', [name]);
  return rows.map(toBatchRow);
}

function toBatchRow(row: Row): BatchRow {
  return {
    id: row['id'] as number,
    name: row['name'] as string,
    pool: row['pool'] as string,
    task: row['task'] as string,
    enqueuedAt: row['enqueued_at'] as number,
    count: row['job_count'] as number,
    counts: countsOf(row),
    definition: row['definition'] as string | undefined,
    archived: row['archived'] as string | undefined,
    finishedAt: row['finished_at'] as number | undefined,
  };
}
