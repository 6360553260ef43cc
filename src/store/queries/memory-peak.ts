import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';

export function queryMemoryPeak(
  { database }: Projection,
  { pool, task, worker, launch }: StoreQueries['memoryPeak']['parameters'],
): number | null {
  const row = database.row(
    'SELECT bytes FROM memory_peaks WHERE pool = ? AND task = ? AND worker = ? AND launch = ?',
    [pool, task, worker, launch],
  );
  return (row?.['bytes'] as number | undefined) ?? null;
}
