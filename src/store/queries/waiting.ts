/** How many jobs wait on some routes of a pool, all or those that go before one. */
import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';

const BEFORE = '(?3 IS NULL OR priority > ?3 OR (priority = ?3 AND id < ?4))';
/** Reads nothing but the index, also of a million jobs; so those that are delayed, which are few, are counted on their own. */
const ALL = `SELECT count(*) AS jobs, max(priority) AS highest FROM jobs INDEXED BY pending_lanes
  WHERE state = 'pending' AND pool = ?1 AND route = ?2 AND ${BEFORE}`;
const DELAYED = `SELECT count(*) AS jobs FROM jobs INDEXED BY delayed_jobs
  WHERE not_before > ?5 AND pool = ?1 AND route = ?2 AND ${BEFORE}`;

export function queryWaiting(
  { database }: Projection,
  { pool, routes, before, now }: StoreQueries['waiting']['parameters'],
): StoreQueries['waiting']['result'] {
  let count = 0;
  let highestPriority: number | undefined;
  for (const route of routes) {
    const values = [pool, route, before?.priority ?? null, before?.id ?? null];
    const all = database.row(ALL, values);
    const delayed = database.row(DELAYED, [...values, now]);
    count += (all?.['jobs'] as number) - (delayed?.['jobs'] as number);
    const highest = all?.['highest'] as number | undefined;
    if (highest !== undefined) highestPriority = Math.max(highest, highestPriority ?? highest);
  }
  return { count, ...(highestPriority === undefined ? {} : { highestPriority }) };
}
