/**
 * Starts workers again that failed, and those that stalled or are stuck where their pool says so. What was done is recorded, so
 * that a supervisor that takes over goes on counting. What people asked for is not counted and comes first.
 */
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import type { WorkerNoteKind } from '../core/events.ts';
import { formatDuration } from '../core/duration.ts';
import { DEFAULT_AUTO_RESTART, type RestartCause } from '../core/pool.ts';
import { decideRestart } from '../core/restart-throttle.ts';
import type { Store } from '../store/contract.ts';
import type { Changes } from './changes.ts';
import type { Endings } from './endings.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';

interface Parts {
  store: Store;
  roster: Roster;
  pools: PoolRegister;
  endings: Endings;
  clock: Clock;
  changes: Changes;
  wanted: () => boolean;
  /** Whether its pool may have it at all. */
  isCalledFor: (worker: Worker) => boolean;
  relaunch: (worker: Worker, reason: string, isAsked: boolean) => void;
  notice: (notice: Notice) => void;
}

export class AutoRestart {
  readonly #parts: Parts;
  readonly #timers = new Map<Worker, () => void>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A worker is FAILED, which nobody asked for. */
  failed(worker: Worker): void {
    const { clock, changes } = this.#parts;
    this.#timers.get(worker)?.();
    this.#timers.delete(worker);
    if (!this.#isDue(worker, 'failed')) return;
    const { launch, reason } = worker;
    const delay = this.#decide(worker, reason);
    worker.restartDue = clock.now() + delay;
    changes.worker(worker.id);
    const cancel = clock.after(delay, () => {
      this.#timers.delete(worker);
      const isSame = worker.launch === launch && worker.state === 'FAILED';
      if (isSame && this.#isDue(worker, 'failed')) {
        this.#count(worker, reason);
        this.#parts.relaunch(worker, reason, false);
      } else if (isSame) {
        worker.restartDue = undefined;
        changes.worker(worker.id);
      }
    });
    this.#timers.set(worker, cancel);
  }

  /** A worker lives and seems to be of no use. It is ended only when it may also be started again. */
  flagged(worker: Worker, cause: Exclude<RestartCause, 'failed'>, reason: string): void {
    if (worker.ending || !this.#isDue(worker, cause)) return;
    if (this.#tellIfGivenUp(worker, reason)) return;
    this.#count(worker, reason);
    const ending = { to: 'FAILED', reason, outcome: 'crashed', relaunch: true } as const;
    void this.#parts.endings.abort(worker, ending);
  }

  /** Goes on with what a supervisor before this one had in mind. */
  resume(): void {
    for (const worker of this.#parts.roster.all) {
      if (worker.state === 'FAILED' && !worker.ending) this.failed(worker);
    }
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #isDue(worker: Worker, cause: RestartCause): boolean {
    const { pools, roster, wanted, isCalledFor } = this.#parts;
    const settings = pools.settings(worker.pool);
    const isAsked = (settings?.autoRestart ?? DEFAULT_AUTO_RESTART).includes(cause);
    const isThere = settings !== undefined && roster.get(worker.id) === worker;
    return isThere && isAsked && wanted() && isCalledFor(worker);
  }

  /** Milliseconds until it is due. */
  #decide(worker: Worker, reason: string): number {
    this.#tellIfGivenUp(worker, reason);
    return decideRestart(worker.autoRestarts, this.#parts.clock.monotonic()).delay;
  }

  #tellIfGivenUp(worker: Worker, why: string): boolean {
    const { delay, recent, isGivenUp } = decideRestart(worker.autoRestarts, this.#parts.clock.monotonic());
    if (!isGivenUp) {
      // After a good hour the next bad one is news again.
      if (recent === 0) worker.hasGivenUp = false;
      return false;
    }
    if (worker.hasGivenUp) return true;
    worker.hasGivenUp = true;
    const reason = `restarted ${recent} times within an hour; not again for ${formatDuration(delay / 1000)}: ${why}`;
    this.#note(worker, 'given-up', reason);
    this.#parts.notice({
      severity: 'error',
      message: `${worker.id} was ${reason}`,
      nextStep: `Look into its log, and restart it by hand when the cause is gone: nightcrew restart ${worker.id}`,
      worker: worker.id,
    });
    return true;
  }

  #count(worker: Worker, reason: string): void {
    worker.autoRestarts.push(this.#parts.clock.monotonic());
    if (worker.autoRestarts.length > 10) worker.autoRestarts.shift();
    this.#note(worker, 'restarted', reason);
  }

  #note(worker: Worker, kind: WorkerNoteKind, reason: string): void {
    this.#parts.store.append({
      type: 'worker.noted',
      worker: worker.id,
      launch: worker.launch,
      kind,
      reason,
    });
    this.#parts.changes.worker(worker.id);
  }
}
