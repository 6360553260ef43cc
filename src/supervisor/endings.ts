/**
 * How workers end: drained, stopped, aborted, restarted, or by themselves. A worker's process is known to be gone
 * before anything of it is given to another: never because time passed.
 */
import type { Clock } from '../core/clock.ts';
import { DEFAULT_GRACE_SECONDS } from '../core/pool.ts';
import type { ProcessExit } from '../keeper/contract.ts';
import { Method } from '../protocol/generated/messages.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Ending, Worker } from './worker.ts';
import { interruptionMessage, type WorkerMessages } from './worker-messages.ts';

interface Parts {
  roster: Roster;
  dispatcher: Dispatcher;
  messages: WorkerMessages;
  keeper: KeeperLink;
  pools: PoolRegister;
  clock: Clock;
  log: Log;
  /** Starts the worker again under its id. */
  relaunch: (worker: Worker, reason: string) => void;
  /** Tells people. */
  warn: (worker: Worker, message: string) => void;
}

export class Endings {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Finish the current job, then end. */
  drain(worker: Worker, reason = 'drained'): void {
    if (worker.state === 'STARTING') return this.stop(worker, { reason });
    const { roster, dispatcher, messages } = this.#parts;
    if (worker.state === 'RUNNING') roster.transition(worker, 'DRAINING', reason);
    worker.ending = { to: 'DEAD', reason, outcome: 'crashed', relaunch: false, forced: false };
    dispatcher.retract(worker, 'always');
    messages.notify(worker, Method.workerDrain);
    this.#endWhenIdle(worker);
  }

  /** End now but gracefully: the running job is asked to end early and goes back to the queue. */
  stop(worker: Worker, how: { reason: string; relaunch?: boolean }): void {
    if (worker.state === 'RUNNING') this.#parts.roster.transition(worker, 'DRAINING', how.reason);
    worker.ending = {
      to: 'DEAD',
      reason: how.reason,
      outcome: 'aborted',
      relaunch: how.relaunch ?? false,
      forceAt: this.#parts.clock.monotonic() + this.#grace(worker),
      forced: false,
    };
    this.#parts.dispatcher.retract(worker, 'always');
    if (worker.current) this.#parts.dispatcher.interrupt(worker, worker.current, 'aborted');
    this.#letGoOn(worker);
    if (!worker.profile) void this.force(worker);
    else this.#endWhenIdle(worker);
  }

  /** End the whole tree at once. */
  async abort(worker: Worker, ending: Partial<Ending> = {}): Promise<void> {
    worker.ending = {
      to: 'DEAD',
      reason: 'aborted',
      outcome: 'aborted',
      relaunch: false,
      ...ending,
      forced: true,
    };
    await this.force(worker);
  }

  /** Ends the tree of a worker whose ending is decided. */
  async force(worker: Worker): Promise<void> {
    if (worker.ending) worker.ending.forced = true;
    const { client } = this.#parts.keeper;
    if (!client || worker.handle === undefined) return;
    // A keeper that goes meanwhile takes its workers along; `#keeperLost` deals with what is left of them.
    await client.killTree(worker.handle).catch((error: unknown) => {
      this.#parts.log.error(`${worker.id} could not be ended.`, error);
      if (worker.ending) worker.ending.forced = false;
    });
  }

  /** A draining worker that has nothing left to do is asked to go. */
  endIfIdle(worker: Worker): void {
    if (worker.ending) this.#endWhenIdle(worker);
  }

  /** The worker's process is gone, and all it said was heard. */
  exited(worker: Worker, exit: ProcessExit): void {
    const { roster, log } = this.#parts;
    const ending = worker.ending ?? unexpected(worker, exit);
    const crashed =
      worker.ending === undefined || (ending.outcome === 'crashed' && worker.assignments.length > 0);
    const how = exit.signal ?? `exit code ${exit.code}`;
    log.info(`${worker.id} ended: ${how}; ${ending.reason}`);
    this.#endAssignments(worker, ending, exit, how);
    worker.ending = undefined;
    worker.process = undefined;
    worker.memory = worker.cpu = undefined;
    if (crashed) {
      worker.lastError = ending.reason;
      roster.transition(
        worker,
        'FAILED',
        worker.state === 'DRAINING' ? `ended with ${how} while draining` : ending.reason,
      );
      this.#parts.warn(worker, `${worker.id} failed: ${worker.reason}`);
    } else {
      if (ending.to === 'FAILED') worker.lastError = ending.reason;
      roster.transition(
        worker,
        ending.to,
        ending.forced && ending.to === 'DEAD' && ending.reason === 'drained'
          ? 'drained; it had to be forced'
          : ending.reason,
      );
      if (ending.to === 'FAILED') this.#parts.warn(worker, `${worker.id} failed: ${ending.reason}`);
    }
    if (worker.handle !== undefined) this.#parts.dispatcher.forget(worker.handle);
    roster.hold(worker, undefined);
    if (ending.relaunch) this.#parts.relaunch(worker, ending.reason);
  }

  #endAssignments(worker: Worker, ending: Ending, exit: ProcessExit, how: string): void {
    const { dispatcher } = this.#parts;
    // From the back: what waited behind never began.
    for (const waiting of worker.assignments.slice(1).reverse()) {
      const cancelled = waiting.interrupted?.outcome === 'cancelled';
      dispatcher.finish(worker, waiting, { outcome: cancelled ? 'cancelled' : 'returned' });
    }
    const { current } = worker;
    if (!current) return;
    const interrupted = current.interrupted?.outcome;
    const outcome =
      interrupted && interrupted !== 'returned' && interrupted !== 'aborted' ? interrupted : ending.outcome;
    const message =
      outcome === 'crashed'
        ? `Its worker ended (${how}).`
        : current.interrupted
          ? interruptionMessage(current)
          : `Its worker was ended: ${ending.reason}.`;
    dispatcher.finish(worker, current, { outcome, error: { message, type: how }, logTail: exit.logTail });
  }

  #endWhenIdle(worker: Worker): void {
    const { ending } = worker;
    if (!ending || worker.assignments.length > 0 || ending.forced) return;
    ending.forceAt ??= this.#parts.clock.monotonic() + this.#grace(worker);
    void this.#shutDown(worker, ending);
  }

  async #shutDown(worker: Worker, ending: Ending): Promise<void> {
    const { messages, keeper } = this.#parts;
    this.#letGoOn(worker);
    await messages.ask(worker, Method.shutdown, this.#grace(worker));
    if (worker.ending !== ending) return;
    messages.notify(worker, Method.exit);
    // Behind the frame in the same channel: a worker that knows no `exit` ends with its stdin.
    setImmediate(() => {
      if (worker.ending === ending && worker.handle !== undefined)
        keeper.client?.closeInput(worker.handle).catch(() => undefined);
    });
  }

  /**
   * A stopped process (Ctrl-Z, `kill -STOP`, a debugger) hears nothing, and its grace would pass in vain: it is let go on,
   * so that it ends by itself. Behind what it is asked, as systemd sends SIGCONT behind its SIGTERM.
   */
  #letGoOn(worker: Worker): void {
    setImmediate(() => {
      if (worker.ending && worker.handle !== undefined)
        // Where there is no such signal nobody can be stopped by one.
        this.#parts.keeper.client?.signal(worker.handle, 'SIGCONT').catch(() => undefined);
    });
  }

  /** Milliseconds. */
  #grace(worker: Worker): number {
    return (this.#parts.pools.settings(worker.pool)?.grace ?? DEFAULT_GRACE_SECONDS) * 1000;
  }
}

function unexpected(worker: Worker, exit: ProcessExit): Ending {
  const how = exit.signal ? `was killed by ${exit.signal}` : `ended with exit code ${exit.code}`;
  const last = exit.logTail.trim().split('\n').at(-1)?.trim();
  const reason = worker.state === 'STARTING' ? `${how} before it registered` : how;
  return {
    to: 'FAILED',
    reason: last ? `${reason}: ${last.slice(0, 200)}` : reason,
    outcome: 'crashed',
    relaunch: false,
    forced: false,
  };
}
