/** What admission refused, newest first; also of workers that have been removed. */
import type { StoreQueries } from '../contract.ts';
import type { RefusalRow } from '../../core/worker-records.ts';
import type { Projection } from '../projection.ts';
import { parsed } from '../row-values.ts';

export function queryRefusals(
  { database }: Projection,
  { worker, pool, limit }: StoreQueries['refusals']['parameters'],
): RefusalRow[] {
  return database
    .rows(
      `SELECT * FROM refusals WHERE (?1 IS NULL OR worker = ?1) AND (?2 IS NULL OR pool = ?2)
       ORDER BY sequence DESC LIMIT ?3`,
      [worker ?? null, pool ?? null, limit],
    )
    .map((row) => ({
      at: row['at'] as number,
      worker: row['worker'] as string,
      pool: row['pool'] as string,
      reasons: parsed(row['reasons'])!,
      overridden: row['overridden'] === 1,
    }));
}
