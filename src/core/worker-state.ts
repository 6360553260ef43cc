/**
 * The published state machine of a worker.
 *
 *   STARTING   launched, has not registered           → RUNNING, DRAINING, FAILED, DEAD
 *   RUNNING    registered; takes jobs                 → DRAINING, FAILED, DEAD
 *   DRAINING   finishes what it has, takes no more    → FAILED, DEAD
 *   FAILED     ended against our will, or never came  → STARTING
 *   DEAD       ended as asked                         → STARTING
 *
 * FAILED and DEAD mean that its process is known to be gone. `paused` and `stalled` are flags, not states: a paused or
 * stalled worker is still RUNNING or DRAINING.
 */
import type { WorkerState } from './worker.ts';

const successors: Record<WorkerState, readonly WorkerState[]> = {
  STARTING: ['RUNNING', 'DRAINING', 'FAILED', 'DEAD'],
  RUNNING: ['DRAINING', 'FAILED', 'DEAD'],
  DRAINING: ['FAILED', 'DEAD'],
  FAILED: ['STARTING'],
  DEAD: ['STARTING'],
};

export const WORKER_STATES = Object.keys(successors) as readonly WorkerState[];

/** Whether a worker may go from one state to the other; a new worker (`null`) begins as STARTING. */
export function mayBecome(from: WorkerState | null, to: WorkerState): boolean {
  return from === null ? to === 'STARTING' : successors[from].includes(to);
}

/** Whether a process belongs to it. */
export function isLive(state: WorkerState): boolean {
  return state === 'STARTING' || state === 'RUNNING' || state === 'DRAINING';
}
