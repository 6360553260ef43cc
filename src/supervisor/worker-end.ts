/** How a worker ended, as its exit and what was decided about it make it, and what becomes of the job it was computing. */
import type { AttemptOutcome } from '../core/job.ts';
import type { ProcessExit } from '../keeper/contract.ts';
import { interruptionMessage, type AttemptEnd } from './attempt-end.ts';
import type { Assignment, Worker } from './worker.ts';

/** How a worker ended, as it is recorded. */
export interface WorkerEnd {
  to: 'DEAD' | 'FAILED';
  reason: string;
  /** What becomes of the job it was computing, and why. */
  outcome: AttemptOutcome;
  how: string;
  logTail: string;
}

type Ended = Pick<Worker, 'state' | 'ending' | 'assignments'>;

/** Its process is gone. */
export function endByExit(worker: Ended, exit: ProcessExit): WorkerEnd {
  const { ending, state } = worker;
  const { logTail } = exit;
  const how = exit.signal ?? `exit code ${exit.code}`;
  if (!ending) return { to: 'FAILED', reason: unexpected(state, exit), outcome: 'crashed', how, logTail };
  const { outcome } = ending;
  if (outcome === 'crashed' && worker.assignments.length > 0) {
    const reason = state === 'DRAINING' ? `ended with ${how} while draining` : ending.reason;
    return { to: 'FAILED', reason, outcome, how, logTail };
  }
  const neededForce = ending.forced && ending.to === 'DEAD' && ending.reason === 'drained';
  const reason = neededForce ? 'drained; it had to be forced' : ending.reason;
  return { to: ending.to, reason, outcome, how, logTail };
}

/** It went with its keeper or its machine. What was decided before holds, unless that had it finish its job first. */
export function endByLoss({ ending, assignments }: Ended, reason: string): WorkerEnd {
  const holds = ending !== undefined && (ending.outcome !== 'crashed' || assignments.length === 0);
  if (!holds) return { to: 'FAILED', reason, outcome: 'lost', how: reason, logTail: '' };
  return { to: ending.to, reason: ending.reason, outcome: ending.outcome, how: reason, logTail: '' };
}

/** Of the attempt that it was computing. */
export function endOfCurrent(
  current: Assignment,
  { outcome: ended, reason, how, logTail }: WorkerEnd,
): AttemptEnd {
  const interrupted = current.interrupted?.outcome;
  const outcome = interrupted === 'cancelled' || interrupted === 'timed-out' ? interrupted : ended;
  const message = messageOf();
  return { outcome, error: outcome === 'lost' ? { message } : { message, type: how }, logTail };

  function messageOf(): string {
    if (outcome === 'crashed') return `Its worker ended (${how}).`;
    if (outcome === 'lost') return `Its worker was lost: ${reason}.`;
    return current.interrupted ? interruptionMessage(current) : `Its worker was ended: ${reason}.`;
  }
}

function unexpected(state: Worker['state'], exit: ProcessExit): string {
  const how = exit.signal ? `was killed by ${exit.signal}` : `ended with exit code ${exit.code}`;
  const last = exit.logTail.trim().split('\n').at(-1)?.trim();
  const reason = state === 'STARTING' ? `${how} before it registered` : how;
  return last ? `${reason}: ${last.slice(0, 200)}` : reason;
}
