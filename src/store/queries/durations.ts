/** How long jobs took that are done: what a forecast is made from. */
import type { StoreQueries } from '../contract.ts';
import type { BatchDurations } from '../../core/job-records.ts';
import type { Projection } from '../projection.ts';

/** Batches looked into, the newest first. */
const MOST_BATCHES = 50;

/** The newest jobs of a batch are those with the highest ids: they are what is nearest to those that wait. */
const DURATIONS = `SELECT finished_at - started_at FROM jobs INDEXED BY jobs_by_state
  WHERE state = 'done' AND id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?`;

export function queryDurations(
  { database, batches }: Projection,
  { pool, limit }: StoreQueries['durations']['parameters'],
): BatchDurations[] {
  const known = batches.entries.filter((entry) => entry.pool === pool && entry.counts.done > 0);
  return known.slice(-MOST_BATCHES).map(({ id, firstJob, jobCount }) => ({
    batch: id,
    task: database.row('SELECT task FROM batches WHERE id = ?', [id])!['task'] as string,
    seconds: database
      .numbers(DURATIONS, [firstJob, firstJob + jobCount - 1, limit])
      .map((milliseconds) => milliseconds / 1000)
      .reverse(),
  }));
}
