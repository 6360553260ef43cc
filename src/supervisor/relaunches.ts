/** Workers that are started without anybody asking at that moment: again after their end, or because an earlier supervisor was to. */
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import { isAskedFor } from '../core/worker-ending.ts';
import { isLive } from '../core/worker-state.ts';
import type { Admission } from './admission.ts';
import type { Changes } from './changes.ts';
import type { DiskGate } from './disk-gate.ts';
import type { Launcher } from './launcher.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { WaitingWorkers } from './waiting-workers.ts';
import type { Worker } from './worker.ts';

interface Parts {
  clock: Clock;
  changes: Changes;
  disk: DiskGate;
  admission: Admission;
  launcher: Launcher;
  waiting: WaitingWorkers;
  pools: PoolRegister;
  roster: Roster;
  notice: (notice: Notice) => void;
  wanted: () => boolean;
  /** Whether its pool may have it at all. */
  isCalledFor: (worker: Worker) => boolean;
  isEnding: () => boolean;
  /** Called when it has been decided about one. */
  decided: () => void;
}

export class Relaunches {
  readonly #parts: Parts;
  readonly #underWay = new Set<Worker>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Without a record of it nothing is started; a disk that refuses is waited for, and so is room. Resolves when that is decided;
   * `cause` is what people are told. `isAsked`: a person wants it, whatever its pool's ramp says.
   */
  async relaunch(worker: Worker, cause: string, isAsked: boolean): Promise<void> {
    const { clock, changes, decided } = this.#parts;
    const { launch } = worker;
    this.#underWay.add(worker);
    // Whoever looks meanwhile sees that it has not ended for good.
    worker.restartDue ??= clock.now();
    try {
      await this.#relaunch(worker, cause, isAsked);
    } finally {
      this.#underWay.delete(worker);
      if (worker.launch === launch) {
        worker.restartDue = undefined;
        changes.worker(worker.id);
      }
      decided();
    }
  }

  /** Ended, and to be started again as soon as the record of it can be made. */
  isUnderWay(worker: Worker): boolean {
    return this.#underWay.has(worker);
  }

  get areUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  async #relaunch(worker: Worker, cause: string, isAsked: boolean): Promise<void> {
    const { launch } = worker;
    const { disk, admission, pools, roster, launcher, wanted, isCalledFor, isEnding } = this.#parts;
    const wasWanted = wanted();
    await disk.writable();
    await admission.refresh();
    this.#underWay.delete(worker);
    const pool = pools.settings(worker.pool);
    const isKnown = roster.get(worker.id) === worker;
    const isFree = isKnown && worker.launch === launch && !isLive(worker.state);
    // `down` ends those that live; this one would come up behind its back.
    const isGivenUp = wasWanted && !wanted();
    if (!pool || !isFree || isGivenUp || isEnding()) return;
    // A ramp may have gone back because of this very worker. It lives from the launch on, so each of several sees the others.
    if (!isAsked && !isCalledFor(worker)) return;
    const reason = `restarted: ${cause}`;
    const { started, refusal } = await launcher.launch(worker, pool, reason);
    if (started || !refusal) return;
    const waits = wanted();
    const isFirst = !waits || this.#parts.waiting.hold(worker, reason, refusal);
    if (!isFirst) return;
    this.#parts.notice({
      severity: 'warning',
      message: `${worker.id} is not started again${waits ? ' until there is room' : ''}: it ${refusal.reasons.join('; ')}.`,
      nextStep: refusal.nextStep,
      worker: worker.id,
    });
  }

  /** Workers that were to be started, or started again, when the supervisor before this one ended. */
  launchDue(): void {
    if (!this.#parts.wanted()) return;
    for (const worker of this.#parts.roster.all) {
      if (isLive(worker.state)) continue;
      const { ending } = worker;
      if (ending?.relaunch) void this.relaunch(worker, ending.reason, isAskedFor(ending));
      else if (worker.launch === 0) void this.relaunch(worker, 'added', true);
    }
  }
}
