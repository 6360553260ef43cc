/** How many jobs wait on some routes of a pool, all or those that go before one; along the index of the lanes. */
import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';

export function queryWaiting(
  { database }: Projection,
  { pool, routes, before, now }: StoreQueries['waiting']['parameters'],
): StoreQueries['waiting']['result'] {
  let count = 0;
  let highestPriority: number | undefined;
  for (const route of routes) {
    const row = database.row(
      `SELECT count(*) AS jobs, max(priority) AS highest FROM jobs INDEXED BY pending_lanes
       WHERE state = 'pending' AND pool = ?1 AND route = ?2 AND (not_before IS NULL OR not_before <= ?3)
         AND (?4 IS NULL OR priority > ?4 OR (priority = ?4 AND id < ?5))`,
      [pool, route, now, before?.priority ?? null, before?.id ?? null],
    );
    count += row?.['jobs'] as number;
    const highest = row?.['highest'] as number | undefined;
    if (highest !== undefined) highestPriority = Math.max(highest, highestPriority ?? highest);
  }
  return { count, ...(highestPriority === undefined ? {} : { highestPriority }) };
}
