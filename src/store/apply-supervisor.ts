/** The lives of supervisors: whoever comes next tells by the last one how it was left. */
import type { JournalEvent } from '../core/events.ts';
import { InvariantError } from './invariant-error.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

export function beginSupervisor(
  { database }: Projection,
  event: EventOf<'supervisor.started'>,
  sequence: number,
  at: number,
): void {
  const { server, version, process } = event;
  database.run(
    `INSERT INTO supervisors (sequence, server, version, pid, process_start_time, boot_id, started_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [sequence, server, version, process.pid, process.startTime, process.bootId, at],
  );
}

export function endSupervisor(
  { database }: Projection,
  { server, why }: EventOf<'supervisor.ended'>,
  at: number,
): void {
  const changed = database.change(
    'UPDATE supervisors SET ended_at = ?, ended = ? WHERE server = ? AND ended IS NULL',
    [at, why, server],
  );
  if (changed !== 1) throw new InvariantError(`supervisor ${server} has not begun, or has ended`);
}
