/** What a worker went through, newest first; also of a worker that has been removed. */
import type { WorkerState } from '../../core/worker.ts';
import type { StoreQueries } from '../contract.ts';
import type { WorkerNote, WorkerTransition } from '../../core/worker-records.ts';
import type { Projection } from '../projection.ts';

export function queryWorkerHistory(
  { database }: Projection,
  { worker, limit }: StoreQueries['workerHistory']['parameters'],
): WorkerTransition[] {
  return database
    .rows('SELECT * FROM worker_transitions WHERE worker = ? ORDER BY sequence DESC LIMIT ?', [worker, limit])
    .map((row) => ({
      at: row['at'] as number,
      launch: row['launch'] as number,
      from: (row['from_state'] as WorkerState | undefined) ?? null,
      to: row['to_state'] as WorkerState,
      reason: row['reason'] as string,
    }));
}

/** What was found about it, newest first. */
export function queryWorkerNotes(
  { database }: Projection,
  { worker, limit }: StoreQueries['workerNotes']['parameters'],
): WorkerNote[] {
  return database
    .rows('SELECT * FROM worker_notes WHERE worker = ? ORDER BY sequence DESC LIMIT ?', [worker, limit])
    .map((row) => ({
      at: row['at'] as number,
      launch: row['launch'] as number,
      kind: row['kind'] as WorkerNote['kind'],
      reason: row['reason'] as string,
    }));
}
