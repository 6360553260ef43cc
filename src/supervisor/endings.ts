/**
 * How workers end: drained, stopped, aborted, restarted, or by themselves. A worker's process is known to be gone
 * before anything of it is given to another: never because time passed. What was decided is recorded before it is
 * carried out, so that a successor of this supervisor goes on with it.
 */
import type { Clock } from '../core/clock.ts';
import { graceOf } from '../core/pool.ts';
import { isAskedFor } from '../core/worker-ending.ts';
import type { ProcessExit } from '../keeper/contract.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { Store } from '../store/contract.ts';
import type { Attempts } from './attempts.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Freezer } from './freezer.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { Launcher } from './launcher.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import { Shutdown } from './shutdown.ts';
import { endByExit, endByLoss, endOfCurrent, type WorkerEnd } from './worker-end.ts';
import type { Ending, Worker } from './worker.ts';
import type { WorkerMessages } from './worker-messages.ts';
import { writeIfPossible } from './write-if-possible.ts';

interface Parts {
  store: Store;
  roster: Roster;
  attempts: Attempts;
  dispatcher: Dispatcher;
  messages: WorkerMessages;
  freezer: Freezer;
  keeper: KeeperLink;
  pools: PoolRegister;
  clock: Clock;
  log: Log;
  /** Starts the worker again under its id. */
  relaunch: (worker: Worker, reason: string, isAsked: boolean) => void;
  /** It is FAILED and nobody asked for that. */
  failed: (worker: Worker) => void;
  launcher: Pick<Launcher, 'withdraw'>;
  /** Tells people. */
  warn: (worker: Worker, message: string) => void;
}

export class Endings {
  readonly #parts: Parts;
  readonly #shutdown: Shutdown;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#shutdown = new Shutdown(parts);
  }

  /** Finish the current job, then end. */
  drain(worker: Worker, reason = 'drained'): void {
    if (worker.state === 'STARTING') return this.stop(worker, { reason });
    const { roster, attempts, messages, freezer } = this.#parts;
    freezer.release(worker);
    if (worker.state === 'RUNNING') roster.transition(worker, 'DRAINING', reason);
    this.#decide(worker, { to: 'DEAD', reason, outcome: 'crashed', relaunch: false, forced: false });
    attempts.retract(worker, 'always');
    messages.notify(worker, Method.workerDrain);
    this.#endWhenIdle(worker);
  }

  /** End now but gracefully: the running job is asked to end early and goes back to the queue. */
  stop(worker: Worker, how: { reason: string; relaunch?: boolean }): void {
    this.#parts.freezer.release(worker);
    if (worker.state === 'RUNNING') this.#parts.roster.transition(worker, 'DRAINING', how.reason);
    this.#decide(worker, {
      to: 'DEAD',
      reason: how.reason,
      outcome: 'aborted',
      relaunch: how.relaunch ?? false,
      forceAt: this.#parts.clock.monotonic() + this.#grace(worker),
      forced: false,
    });
    this.#askToStop(worker);
  }

  /** A worker that is ending is not to be started again, whatever was decided before. */
  endForGood(worker: Worker, reason = worker.ending?.reason ?? worker.reason): void {
    this.#parts.freezer.release(worker);
    if (worker.ending?.relaunch) this.#decide(worker, { ...worker.ending, relaunch: false, reason });
  }

  /** A worker that is ending for good is started again after all. */
  startAgain(worker: Worker, reason: string): void {
    if (worker.ending) this.#decide(worker, { ...worker.ending, relaunch: true, reason });
  }

  /**
   * The worker reads its stdin no longer, so nothing more can be said to it: what it was given and never got goes back, what
   * it computes it may finish, and then it is started again.
   */
  deaf(worker: Worker, deliveredFrame: number): void {
    if (worker.ending) return;
    const reason = 'it reads no messages any more';
    if (worker.state === 'STARTING')
      return void this.abort(worker, { to: 'FAILED', reason, outcome: 'crashed' });
    const { roster, attempts } = this.#parts;
    if (worker.state === 'RUNNING') roster.transition(worker, 'DRAINING', reason);
    worker.ending = { to: 'FAILED', reason, outcome: 'crashed', relaunch: true, forced: false };
    for (const assignment of worker.assignments.filter(({ frame }) => frame > deliveredFrame).reverse())
      attempts.takeBack(worker, assignment);
    this.#endWhenIdle(worker);
  }

  /** End the whole tree at once. */
  async abort(worker: Worker, ending: Partial<Ending> = {}): Promise<void> {
    this.#decide(worker, {
      to: 'DEAD',
      reason: 'aborted',
      outcome: 'aborted',
      relaunch: false,
      ...ending,
      forced: true,
    });
    await this.force(worker);
  }

  /** Ends the tree of a worker whose ending is decided. */
  async force(worker: Worker): Promise<void> {
    if (worker.ending && !worker.ending.forced) this.#decide(worker, { ...worker.ending, forced: true });
    if (this.#parts.launcher.withdraw(worker)) return void this.lost(worker, 'it had no process yet', false);
    const { client } = this.#parts.keeper;
    if (!client || worker.handle === undefined) return;
    writeIfPossible(this.#parts.store);
    // A keeper that goes meanwhile takes its workers along; what is left of them is swept up.
    await client.killTree(worker.handle).catch((error: unknown) => {
      this.#parts.log.error(`${worker.id} could not be ended.`, error);
      if (worker.ending) worker.ending.forced = false;
    });
  }

  /** Goes on with what an earlier supervisor had decided about a worker that lives. */
  resume(worker: Worker): void {
    const { ending } = worker;
    if (!ending) return;
    if (ending.forced) return void this.force(worker);
    // Whatever the clock was set to meanwhile.
    if (ending.forceAt !== undefined) {
      ending.forceAt = Math.min(ending.forceAt, this.#parts.clock.monotonic() + this.#grace(worker));
    }
    if (ending.outcome === 'aborted') return this.#askToStop(worker);
    this.#parts.attempts.retract(worker, 'always');
    this.#parts.messages.notify(worker, Method.workerDrain);
    this.#endWhenIdle(worker);
  }

  /** A draining worker that has nothing left to do is asked to go. */
  endIfIdle(worker: Worker): void {
    if (worker.ending) this.#endWhenIdle(worker);
  }

  /** The worker's process is gone, and all it said was heard. */
  exited(worker: Worker, exit: ProcessExit): void {
    const end = endByExit(worker, exit);
    const relaunch = worker.ending?.relaunch ?? false;
    const isUnasked = worker.ending === undefined || worker.ending.to === 'FAILED';
    const isAsked = worker.ending !== undefined && isAskedFor(worker.ending);
    const { handle } = worker;
    this.#end(worker, end);
    if (end.to === 'FAILED') this.#parts.warn(worker, `${worker.id} failed: ${end.reason}`);
    if (handle !== undefined) this.#parts.dispatcher.forget(handle);
    if (relaunch) this.#parts.relaunch(worker, end.reason, isAsked);
    else if (isUnasked && end.to === 'FAILED') this.#parts.failed(worker);
  }

  /**
   * The worker went with its keeper or its machine; its process is known to be gone. What was decided before holds,
   * else it is started again if the crew is wanted. Returns how many jobs went back to the queue.
   */
  lost(worker: Worker, reason: string, wanted: boolean): number {
    const relaunch = worker.ending?.relaunch ?? wanted;
    const { ending } = worker;
    const isAsked = ending !== undefined && isAskedFor(ending);
    const end = endByLoss(worker, reason);
    if (!ending && relaunch) {
      this.#decide(worker, { to: 'FAILED', reason, outcome: 'crashed', relaunch, forced: false });
    }
    const requeued = this.#end(worker, end);
    if (relaunch) this.#parts.relaunch(worker, worker.reason, isAsked);
    return requeued;
  }

  /** Every change of what is to become of a worker passes here, and so into the journal. */
  #decide(worker: Worker, ending: Ending): void {
    worker.ending = ending;
    const { store, clock } = this.#parts;
    const { forceAt, ...recorded } = ending;
    store.append({
      type: 'worker.ending',
      worker: worker.id,
      launch: worker.launch,
      ending:
        forceAt === undefined
          ? recorded
          : { ...recorded, forceAt: Math.round(clock.now() + forceAt - clock.monotonic()) },
    });
    this.#parts.dispatcher.schedule();
  }

  #askToStop(worker: Worker): void {
    this.#parts.attempts.retract(worker, 'always');
    if (worker.current) this.#parts.attempts.interrupt(worker, worker.current, 'aborted');
    this.#shutdown.letGoOn(worker);
    if (!worker.profile) void this.force(worker);
    else this.#endWhenIdle(worker);
  }

  /** Records the end of the worker and of its attempts; returns how many jobs went back to the queue. */
  #end(worker: Worker, end: WorkerEnd): number {
    const { roster, log } = this.#parts;
    log.info(`${worker.id} ended: ${end.how}; ${end.reason}`);
    const requeued = this.#endAssignments(worker, end);
    worker.ending = undefined;
    worker.frozen = undefined;
    worker.process = undefined;
    worker.memory = worker.cpu = undefined;
    if (end.to === 'FAILED') worker.lastError = end.reason;
    roster.hold(worker, undefined);
    roster.transition(worker, end.to, end.reason);
    return requeued;
  }

  #endAssignments(worker: Worker, end: WorkerEnd): number {
    const { attempts } = this.#parts;
    let requeued = 0;
    // From the back: what waited behind never began.
    for (const waiting of worker.assignments.slice(1).reverse()) {
      if (attempts.takeBack(worker, waiting) === 'pending') requeued++;
    }
    const { current } = worker;
    if (!current) return requeued;
    const next = attempts.finish(worker, current, endOfCurrent(current, end));
    return next === 'pending' ? requeued + 1 : requeued;
  }

  #endWhenIdle(worker: Worker): void {
    const { ending } = worker;
    if (!ending || worker.assignments.length > 0 || ending.forced) return;
    if (ending.forceAt === undefined) {
      this.#decide(worker, { ...ending, forceAt: this.#parts.clock.monotonic() + this.#grace(worker) });
    }
    void this.#shutdown.ask(worker);
  }

  /** Milliseconds. */
  #grace(worker: Worker): number {
    return graceOf(this.#parts.pools.settings(worker.pool));
  }
}
