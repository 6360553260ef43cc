/**
 * The commands on workers. `core/worker-commands.ts` decides what each does; here it is carried out, and told for each worker: a
 * partial failure is told, not thrown. All that is decided about the workers of one request is decided in one turn.
 */
import type { ControlRequests } from '../../control/api.ts';
import type { AdmissionRefusal } from '../../core/admission.ts';
import type { Selection, WorkerOutcome } from '../../control/selection.ts';
import { judgeCommand, phaseOf, type WorkerAction, type WorkerCommand } from '../../core/worker-commands.ts';
import { isLive } from '../../core/worker-state.ts';
import { findWorkers, unknownPool } from '../select.ts';
import type { Worker } from '../worker.ts';
import { refusalText, startedAs } from '../start-wanted.ts';
import type { OperationContext } from './context.ts';

/** There is no room for it. */
class NoRoom extends Error {
  readonly refusal: AdmissionRefusal;

  constructor(refusal: AdmissionRefusal) {
    super(refusalText(refusal));
    this.refusal = refusal;
  }
}

type Answer = Promise<{ outcomes: WorkerOutcome[] }>;

/** Whoever gives one of these wants no process of it, also none that is yet to come. */
const ENDING: readonly WorkerCommand[] = ['drain', 'stop', 'abort'];

/** What is waited for before a worker is answered for, and how it came out, in words. */
interface Wait {
  until: (worker: Worker, launch: number, context: OperationContext) => boolean;
  /** Throws when it came out otherwise than was asked. */
  outcome: (worker: Worker, launch: number) => string;
}

export function drain(
  { select, wait }: ControlRequests['drain']['parameters'],
  context: OperationContext,
): Answer {
  return commandWorkers('drain', select, context, wait ? untilEnded : undefined);
}

export function stop(
  { select, wait }: ControlRequests['stop']['parameters'],
  context: OperationContext,
): Answer {
  return commandWorkers('stop', select, context, wait ? untilEnded : undefined);
}

export function abort({ select }: ControlRequests['abort']['parameters'], context: OperationContext): Answer {
  return commandWorkers('abort', select, context);
}

export async function restart(
  { select, wait, force }: ControlRequests['restart']['parameters'],
  context: OperationContext,
): Answer {
  await context.admission.refresh();
  return commandWorkers('restart', select, context, wait ? untilRegistered : undefined, force);
}

export function pause(
  { select, paused, wait }: ControlRequests['pause']['parameters'],
  context: OperationContext,
): Answer {
  if (!paused) return commandWorkers('resume', select, context);
  return commandWorkers('pause', select, context, wait ? untilIdle : undefined);
}

export function freeze(
  { select, frozen }: ControlRequests['freeze']['parameters'],
  context: OperationContext,
): Answer {
  return commandWorkers(frozen ? 'freeze' : 'continue', select, context);
}

export async function remove(
  { select }: ControlRequests['remove']['parameters'],
  context: OperationContext,
): Answer {
  const answer = await commandWorkers('remove', select, context);
  context.dispatcher.schedule();
  return answer;
}

async function commandWorkers(
  command: WorkerCommand,
  select: Selection,
  context: OperationContext,
  wait?: Wait,
  force = false,
): Answer {
  const found = findWorkers(select, context.roster, context.pools);
  // A filter means those that it can do something to; a worker that was named is answered for, whatever it is.
  const meant =
    'workers' in select ? found : found.filter(({ worker }) => worker && concerns(command, worker, context));
  const outcomes = await Promise.all(
    meant.map(async ({ id, worker, problem }): Promise<WorkerOutcome> => {
      try {
        if (!worker) throw new Error(problem);
        return { worker: id, ok: true, message: await commandWorker(command, worker, context, wait, force) };
      } catch (error) {
        const refusal = error instanceof NoRoom ? { refusal: error.refusal } : {};
        return { worker: id, ok: false, message: (error as Error).message, ...refusal };
      }
    }),
  );
  return { outcomes };
}

function concerns(command: WorkerCommand, worker: Worker, { waiting }: OperationContext): boolean {
  const { state } = worker;
  if (command === 'restart') return true;
  if (ENDING.includes(command) && waiting.has(worker)) return true;
  return isLive(state) === (command !== 'remove');
}

async function commandWorker(
  command: WorkerCommand,
  worker: Worker,
  context: OperationContext,
  wait: Wait | undefined,
  force: boolean,
): Promise<string> {
  if (ENDING.includes(command) && context.waiting.giveUp(worker))
    return 'waited for room; it is not started any more';
  const { state, reason, paused, launch } = worker;
  const verdict = judgeCommand(command, {
    phase: phaseOf(state, worker.ending),
    state,
    reason,
    paused,
    frozen: worker.frozen !== undefined,
    canFreeze: context.freezer.isPossible,
  });
  if ('refused' in verdict) throw new Error(verdict.refused);
  const message =
    'do' in verdict ? await carryOut(verdict.do, command, worker, context, force) : verdict.already;
  if (command === 'abort') await context.until(() => hasEnded(worker, launch));
  if (!wait) return message;
  await context.until(() => wait.until(worker, launch, context));
  return wait.outcome(worker, launch);
}

function carryOut(
  action: WorkerAction,
  command: WorkerCommand,
  worker: Worker,
  context: OperationContext,
  force: boolean,
): string | Promise<string> {
  const { endings, freezer } = context;
  const job = worker.current?.job.id;
  const goesOn = worker.frozen ? '; it was frozen and goes on first' : '';
  const returned = job === undefined ? '' : `; job ${job} goes back to the queue`;
  switch (action) {
    case 'drain':
      endings.drain(worker);
      return `draining${remainder(worker)}${goesOn}`;
    case 'stop':
      endings.stop(worker, { reason: command === 'drain' ? 'drained' : 'stopped by hand' });
      return `${command === 'drain' ? 'draining' : 'stopping'}${returned}${goesOn}`;
    case 'abort':
      return abortWorker(worker, context);
    case 'restart':
      endings.stop(worker, { reason: 'restarted by hand', relaunch: true });
      return `restarting${returned}${goesOn}`;
    case 'launch':
      return launch(worker, context, force);
    case 'end-for-good': {
      const wasToStart = worker.ending?.relaunch ?? false;
      const phase = phaseOf(worker.state, worker.ending);
      const isDraining = phase === 'draining';
      // Why it ends stays as it is, unless that was a restart.
      const reason = command === 'drain' ? 'drained' : 'stopped by hand';
      endings.endForGood(worker, phase === 'restarting' ? reason : undefined);
      const ends = isDraining ? `is draining already${remainder(worker)}` : 'is stopping already';
      return `${ends}${wasToStart ? '; it is not started again' : ''}${goesOn}`;
    }
    case 'start-again':
      endings.startAgain(worker, 'restarted by hand');
      return 'is stopping already; it is started again then';
    case 'pause':
    case 'resume':
      return setPaused(worker, action === 'pause', context);
    case 'freeze':
      return freezer
        .freeze(worker)
        .then(() => `frozen${job === undefined ? '' : `; job ${job} stands still`}`);
    case 'continue':
      return freezer.continue(worker).then(() => `goes on${job === undefined ? '' : ` with job ${job}`}`);
    case 'remove':
      return context.cleanup.remove(worker).then(() => 'removed; its log and history stay');
  }
}

async function abortWorker(worker: Worker, { endings }: OperationContext): Promise<string> {
  const job = worker.current?.job.id;
  await endings.abort(worker);
  return job === undefined ? 'aborted; it had no job' : `aborted; job ${job} is back in the queue`;
}

async function launch(worker: Worker, context: OperationContext, force: boolean): Promise<string> {
  const pool = context.pools.settings(worker.pool);
  if (!pool) throw unknownPool(worker.pool, context.pools);
  const { started, refusal } = await context.launcher.launch(worker, pool, 'restarted by hand', force);
  if (!started && refusal) throw new NoRoom(refusal);
  if (worker.state === 'FAILED') throw new Error(worker.reason);
  const forced = refusal ? `, although it ${refusalText(refusal)}` : '';
  return `${startedAs(worker).replace('started as', 'started again as')}${forced}`;
}

function setPaused(
  worker: Worker,
  paused: boolean,
  { store, changes, attempts, dispatcher }: OperationContext,
): string {
  worker.paused = paused;
  store.append({ type: 'worker.paused', worker: worker.id, paused });
  changes.worker(worker.id);
  if (paused) attempts.retract(worker, 'always');
  else dispatcher.feed(worker);
  dispatcher.schedule();
  return paused ? `takes no more jobs${remainder(worker)}` : 'takes jobs again';
}

function remainder(worker: Worker): string {
  return worker.current ? `; job ${worker.current.job.id} is still running` : '';
}

/** This launch is over, whatever came after it. */
function hasEnded(worker: Worker, launchBefore: number): boolean {
  return !isLive(worker.state) || worker.launch !== launchBefore;
}

const untilEnded: Wait = {
  until: hasEnded,
  outcome: (worker, launchBefore) => {
    if (worker.launch !== launchBefore) return 'has ended, and was started again';
    if (worker.state === 'FAILED') throw new Error(`ended, but not as asked: ${worker.reason}`);
    return `has ended (${worker.reason})`;
  },
};

const untilRegistered: Wait = {
  until: (worker, launchBefore, context) =>
    worker.launch === launchBefore
      ? !isLive(worker.state) && !context.isRelaunching(worker)
      : worker.state !== 'STARTING',
  outcome: (worker, launchBefore) => {
    if (worker.state === 'FAILED') throw new Error(worker.reason);
    if (worker.launch === launchBefore)
      throw new Error(`was not started again: ${refusalText(worker.refusal) || worker.reason}`);
    if (!isLive(worker.state)) throw new Error(`was started again, and has ended (${worker.reason})`);
    return `runs again as process ${worker.process?.pid}`;
  },
};

const untilIdle: Wait = {
  until: (worker) => worker.assignments.length === 0 || !worker.paused,
  outcome: (worker) => {
    if (!worker.paused) throw new Error('was resumed meanwhile');
    return isLive(worker.state) ? 'is paused and has no job' : `is ${worker.state} (${worker.reason})`;
  },
};
