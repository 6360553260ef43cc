/**
 * What each command does to a worker, whatever it is doing and whatever others have asked of it before: one table, so that two
 * faces that act at once get the same outcome in every order of arrival. The supervisor decides by it in one turn of its event
 * loop and records what it decided before it carries it out; so commands on a worker need no lock, and none can expire.
 *
 * What is asked later holds, except that nothing takes an abort back, and that a worker that was asked to end is not asked anew.
 */
import type { WorkerEnding } from './worker-ending.ts';
import { isLive } from './worker-state.ts';
import type { WorkerState } from './worker.ts';

export const WORKER_COMMANDS = [
  'drain',
  'stop',
  'abort',
  'restart',
  'pause',
  'resume',
  'freeze',
  'continue',
  'remove',
] as const;
export type WorkerCommand = (typeof WORKER_COMMANDS)[number];

/** How far a worker is, and what has been asked of it already. */
export const WORKER_PHASES = [
  /** Launched, not registered. */
  'starting',
  'running',
  /** Finishes its job, then ends. */
  'draining',
  /** Was asked to end, within its grace. */
  'stopping',
  /** The same, to be started again. */
  'restarting',
  /** Its tree is being ended by force. */
  'aborting',
  /** The same, to be started again: a job that did not end at its limit, a restart whose grace is over. */
  'replacing',
  /** FAILED or DEAD. */
  'ended',
] as const;
export type WorkerPhase = (typeof WORKER_PHASES)[number];

export interface WorkerSituation {
  phase: WorkerPhase;
  state: WorkerState;
  /** Why it is in this state. */
  reason: string;
  paused: boolean;
  frozen: boolean;
  /** Whether this platform can stop a process and let it go on. */
  canFreeze: boolean;
}

/** What is to be done. */
export type WorkerAction =
  | 'drain'
  | 'stop'
  | 'abort'
  /** Stop, then a new launch. */
  | 'restart'
  /** A new launch at once: nothing of the last one is left. */
  | 'launch'
  /** What was to be started again is not. */
  | 'end-for-good'
  /** What was to end for good is started again. */
  | 'start-again'
  | 'pause'
  | 'resume'
  | 'freeze'
  | 'continue'
  | 'remove';

/** `already`: it is as was asked, nothing is done, and that is no failure. `refused` is one. Both say why. */
export type WorkerVerdict = { do: WorkerAction } | { already: string } | { refused: string };

export function phaseOf(
  state: WorkerState,
  ending: Pick<WorkerEnding, 'relaunch' | 'forced' | 'forceAt'> | undefined,
): WorkerPhase {
  if (!isLive(state)) return 'ended';
  if (ending?.forced) return ending.relaunch ? 'replacing' : 'aborting';
  if (ending?.forceAt !== undefined) return ending.relaunch ? 'restarting' : 'stopping';
  if (ending || state === 'DRAINING') return 'draining';
  return state === 'STARTING' ? 'starting' : 'running';
}

export function judgeCommand(command: WorkerCommand, situation: WorkerSituation): WorkerVerdict {
  const { paused, frozen, canFreeze } = situation;
  const verdict = TABLE[situation.phase][command];
  if (verdict === hasEnded) return refused(`is ${situation.state} already (${situation.reason})`);
  if (!('do' in verdict)) return verdict;
  if (verdict.do === 'pause' && paused) return already('is paused already');
  if (verdict.do === 'resume' && !paused) return already('is not paused');
  if (verdict.do === 'continue' && !frozen) return already('is not frozen');
  if (verdict.do !== 'freeze') return verdict;
  if (!canFreeze) return refused('cannot be frozen: this platform cannot stop a process; pause or stop it');
  return frozen ? already('is frozen already') : verdict;
}

function act(action: WorkerAction): WorkerVerdict {
  return { do: action };
}

function already(why: string): WorkerVerdict {
  return { already: why };
}

function refused(why: string): WorkerVerdict {
  return { refused: why };
}

const stillLives = (what: string): WorkerVerdict =>
  refused(`${what}; only a worker that has ended is removed`);
const notFrozen = already('is not frozen');
const hasEnded = refused('has ended already');

/** Of one that ends to be started again, by itself or by force. */
const startsAgain: Record<WorkerCommand, WorkerVerdict> = {
  drain: act('end-for-good'),
  stop: act('end-for-good'),
  abort: act('abort'),
  restart: already('is restarting already'),
  // Holds over the restart.
  pause: act('pause'),
  resume: act('resume'),
  freeze: refused('is restarting; freeze it once it has registered again'),
  continue: notFrozen,
  remove: stillLives('is restarting'),
};

const TABLE: Record<WorkerPhase, Record<WorkerCommand, WorkerVerdict>> = {
  starting: {
    drain: act('stop'),
    stop: act('stop'),
    abort: act('abort'),
    restart: act('restart'),
    pause: act('pause'),
    resume: act('resume'),
    // Its time to register would run on.
    freeze: refused('is starting; freeze it once it has registered'),
    continue: notFrozen,
    remove: stillLives('is starting'),
  },
  running: {
    drain: act('drain'),
    stop: act('stop'),
    abort: act('abort'),
    restart: act('restart'),
    pause: act('pause'),
    resume: act('resume'),
    freeze: act('freeze'),
    continue: act('continue'),
    remove: stillLives('is running'),
  },
  draining: {
    // One that nobody asked to drain (it reads its messages no longer) is to be started again otherwise.
    drain: act('end-for-good'),
    stop: act('stop'),
    abort: act('abort'),
    restart: act('restart'),
    pause: already('takes no more jobs already: it is draining'),
    resume: act('resume'),
    freeze: act('freeze'),
    continue: act('continue'),
    remove: stillLives('is draining'),
  },
  stopping: {
    drain: already('is stopping already'),
    stop: already('is stopping already'),
    abort: act('abort'),
    restart: act('start-again'),
    pause: already('takes no more jobs already: it is stopping'),
    resume: act('resume'),
    freeze: refused('is stopping, which a frozen worker cannot'),
    continue: notFrozen,
    remove: stillLives('is stopping'),
  },
  restarting: startsAgain,
  aborting: {
    drain: already('is being aborted already'),
    stop: already('is being aborted already'),
    abort: already('is being aborted already'),
    restart: refused('is being aborted; start it again once it has ended'),
    pause: already('takes no more jobs already: it is being aborted'),
    resume: act('resume'),
    freeze: refused('is being aborted'),
    continue: notFrozen,
    remove: stillLives('is being aborted'),
  },
  replacing: startsAgain,
  ended: {
    drain: hasEnded,
    stop: hasEnded,
    abort: hasEnded,
    restart: act('launch'),
    pause: hasEnded,
    resume: hasEnded,
    freeze: hasEnded,
    continue: hasEnded,
    remove: act('remove'),
  },
};
