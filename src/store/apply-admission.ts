/** What admission has to go by later: what it refused, and the memory that was measured. Both are bounded. */
import type { JournalEvent } from '../core/events.ts';
import { REMEMBERED_LAUNCHES } from '../core/memory-need.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** Enough to explain weeks of a crew; a pool that is refused for ever is recorded once, not each time it is tried. */
const REMEMBERED_REFUSALS = 1_000;

export function recordRefusal(
  { workers, database }: Projection,
  { worker, pool, reasons, overridden }: EventOf<'worker.refused'>,
  sequence: number,
  at: number,
): void {
  workers.get(worker);
  database.run(
    'INSERT INTO refusals (sequence, at, worker, pool, reasons, overridden) VALUES (?, ?, ?, ?, ?, ?)',
    [sequence, at, worker, pool, JSON.stringify(reasons), overridden ? 1 : 0],
  );
  database.run(
    `DELETE FROM refusals WHERE sequence <=
       (SELECT sequence FROM refusals ORDER BY sequence DESC LIMIT 1 OFFSET ${REMEMBERED_REFUSALS})`,
    [],
  );
}

/** `MemoryPeaks` in the supervisor forgets in the same order. */
export function recordPeak(
  { database }: Projection,
  { pool, task, worker, launch, bytes }: EventOf<'memory.peaked'>,
  sequence: number,
): void {
  database.run(
    'REPLACE INTO memory_peaks (pool, task, worker, launch, bytes, sequence) VALUES (?, ?, ?, ?, ?, ?)',
    [pool, task, worker, launch, bytes, sequence],
  );
  database.run(
    `DELETE FROM memory_peaks WHERE pool = ?1 AND task = ?2 AND sequence <=
       (SELECT sequence FROM memory_peaks WHERE pool = ?1 AND task = ?2
        ORDER BY sequence DESC LIMIT 1 OFFSET ${REMEMBERED_LAUNCHES})`,
    [pool, task],
  );
}
