/** What is recorded of workers, as questions about them are answered. */
import type { WorkerNoteKind } from './events.ts';
import type { WorkerId, WorkerState } from './worker.ts';

export interface WorkerTransition {
  at: number;
  launch: number;
  from: WorkerState | null;
  to: WorkerState;
  reason: string;
}

/** What was found about a worker, or done to it unasked. */
export interface WorkerNote {
  at: number;
  launch: number;
  /** Also what a person did to it that is no transition. */
  kind: WorkerNoteKind | 'paused' | 'resumed' | 'frozen' | 'continued' | 'removed';
  reason: string;
}

export interface RefusalRow {
  at: number;
  worker: WorkerId;
  pool: string;
  /** In words, with the figures. */
  reasons: string[];
  /** It was started all the same, by a person's word. */
  overridden: boolean;
}
