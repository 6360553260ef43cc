/**
 * Drops workers that have ended from the list: when somebody asks, and those that nobody wants by themselves when they are old
 * enough. Never one of whose processes any lives: it would be out of everybody's sight. Its log and its history stay.
 */
import type { Clock } from '../core/clock.ts';
import { strengthOf } from '../core/pool-strength.ts';
import { isToBeRemoved } from '../core/worker-cleanup.ts';
import { isLive } from '../core/worker-state.ts';
import { launchMarker } from '../keeper/launch-marker.ts';
import { markedProcesses } from '../keeper/process-tree.ts';
import type { CrewSettings } from './crew-settings.ts';
import type { CrewFileSource } from './crew-file-source.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Relaunches } from './relaunches.ts';
import type { Roster } from './roster.ts';
import type { WaitingWorkers } from './waiting-workers.ts';
import type { Worker } from './worker.ts';

/** Between two looks; milliseconds. */
const INTERVAL = 5_000;

interface Parts {
  roster: Roster;
  pools: PoolRegister;
  /** Those of the environment, for a pool that says nothing. */
  settings: Pick<CrewSettings, 'current'>;
  crewFile: CrewFileSource;
  clock: Clock;
  log: Log;
  workspace: string;
  /** Those that are about to be started again. */
  /** Know who is about to be started again, by itself or when there is room. */
  relaunches: Pick<Relaunches, 'isUnderWay'>;
  waiting: Pick<WaitingWorkers, 'has'>;
}

export class Cleanup {
  readonly #parts: Parts;
  #lookedAt = -Infinity;
  #isLooking = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Called every second. */
  tick(): void {
    const now = this.#parts.clock.monotonic();
    if (this.#isLooking || now - this.#lookedAt < INTERVAL) return;
    this.#lookedAt = now;
    const due = this.#due();
    if (due.length === 0) return;
    this.#isLooking = true;
    void this.#removeAll(due).finally(() => (this.#isLooking = false));
  }

  /** Throws when it is not to be removed after all. */
  async remove(worker: Worker): Promise<void> {
    const { roster, workspace } = this.#parts;
    const { launch } = worker;
    const marker = launchMarker(workspace, worker.id, launch);
    const living = (await markedProcesses()).filter((found) => found.marker === marker);
    if (living.length > 0) {
      const pids = living.map(({ identity }) => identity.pid).join(', ');
      throw new Error(
        `process ${pids} of it still lives and could not be ended; end it, then remove the worker`,
      );
    }
    if (roster.get(worker.id) !== worker) throw new Error('was removed meanwhile');
    if (isLive(worker.state) || worker.launch !== launch) throw new Error('was started again meanwhile');
    roster.remove(worker);
  }

  /** When it is dropped by itself, on the wall clock; undefined: it is not. */
  dueAt(worker: Worker): number | undefined {
    if (!this.#hasEnded(worker) || this.#wanted().has(worker)) return undefined;
    const due = worker.stateSince + this.#age(worker) * 1000;
    return worker.restartDue !== undefined && worker.restartDue <= due ? undefined : due;
  }

  #due(): Worker[] {
    const { roster, clock } = this.#parts;
    const ended = [...roster.all].filter((worker) => this.#hasEnded(worker));
    if (ended.length === 0) return [];
    const wanted = this.#wanted();
    const now = clock.now();
    return ended.filter((worker) =>
      isToBeRemoved({
        state: worker.state,
        since: worker.stateSince,
        now,
        age: this.#age(worker),
        isWanted: wanted.has(worker),
        restartDue: worker.restartDue,
      }),
    );
  }

  /** For now, and nobody is about to start it. */
  #hasEnded(worker: Worker): boolean {
    const { relaunches, waiting } = this.#parts;
    return !isLive(worker.state) && !relaunches.isUnderWay(worker) && !waiting.has(worker);
  }

  /** Seconds. */
  #age({ pool }: Worker): number {
    const { pools, settings } = this.#parts;
    return pools.settings(pool)?.cleanup ?? settings.current.cleanupAge;
  }

  /** By the crew file as it stands; while it cannot be read, by what it said last. */
  #wanted(): Set<Worker> {
    const { crewFile, pools, roster } = this.#parts;
    const file = crewFile.read();
    const isSound = file === undefined || file.problems.length === 0;
    const settings = isSound ? (file?.pools ?? []) : [...pools.all];
    return new Set(settings.flatMap((pool) => strengthOf(pool, roster.ofPool(pool.name)).ended));
  }

  async #removeAll(workers: readonly Worker[]): Promise<void> {
    for (const worker of workers) {
      const { id, state, reason } = worker;
      try {
        await this.remove(worker);
        this.#parts.log.info(`${id} was removed from the list: ${state} for long enough (${reason}).`);
      } catch (error) {
        this.#parts.log.warn(`${id} stays on the list: ${(error as Error).message}`);
      }
    }
  }
}
