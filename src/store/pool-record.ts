/** What is recorded of a pool since a time, as the store answers it. */
import type { AttemptFact, RampState } from '../core/ramp.ts';
import type { WorkerId } from '../core/worker.ts';
import type { RefusalRow, WorkerNote, WorkerTransition } from '../core/worker-records.ts';

export interface PoolRecord {
  attempts: AttemptFact[];
  transitions: (WorkerTransition & { worker: WorkerId })[];
  notes: (WorkerNote & { worker: WorkerId })[];
  refusals: RefusalRow[];
  rampChanges: RampChange[];
}

/** A step of a ramp's history. */
export interface RampChange {
  at: number;
  state: RampState;
  /** From 0. */
  step: number;
  /** How many the pool was to have in this step. */
  workers: number;
  reason: string;
}
