/**
 * What the main thread and the projection thread say to each other. Records and answers travel as JSON text: a string is copied
 * in one go, where an object would be taken apart and put together again.
 */
import type { QueryName } from './queries/answer.ts';
import type { ReplayReport } from './replay.ts';

export interface ProjectionThreadData {
  /** The state folder, in which the snapshots are. */
  folder: string;
}

/** Handled strictly in order. */
export type ToProjection =
  /** Records of the journal that follow each other, joined by commas. A `mark` is answered when they are applied. */
  | { type: 'apply'; records: string; mark?: number }
  /** The same, read from the journal: some may be missing in between, and what does not fit is left out. */
  | { type: 'replay'; records: string }
  /** All that the journal holds was sent. `moreLost`: events are known to be missing behind it. */
  | { type: 'replayed'; moreLost: boolean }
  | { type: 'query'; id: number; name: QueryName; parameters: unknown }
  /** Write the partial snapshot as of here; the main thread publishes it. */
  | { type: 'snapshot' }
  | { type: 'close' };

export type FromProjection =
  | { type: 'opened'; snapshot: SnapshotReport }
  /** The files cannot be used; the thread ends. */
  | { type: 'refused'; error: StoreErrorFields }
  /** All that was sent before this mark, and with it, is applied. */
  | { type: 'applied'; mark: number }
  | { type: 'replayReport'; report: ReplayReport }
  | { type: 'answer'; id: number; json: string }
  /** The question could not be answered; the projection itself is sound. */
  | { type: 'unanswered'; id: number; message: string }
  /** The partial snapshot is complete and on the disk. */
  | { type: 'snapshotWritten'; sequence: number; bytes: number }
  | { type: 'snapshotFailed'; message: string; code?: string };

export interface SnapshotReport {
  origin: 'current' | 'previous' | 'none';
  sequence: number;
  bytes: number;
  problem?: string;
}

export interface StoreErrorFields {
  message: string;
  file: string;
  nextStep: string;
}
