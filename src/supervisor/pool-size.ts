/** Brings a pool to a number of workers: more are started, and those that are too many finish their jobs and go. */
import type { PoolSettings } from '../core/pool.ts';
import { isLive } from '../core/worker-state.ts';
import type { Endings } from './endings.ts';
import type { Log } from './log.ts';
import { fillPool, startWanted, type StartParts } from './start-wanted.ts';
import type { WaitingWorkers } from './waiting-workers.ts';
import type { Worker } from './worker.ts';

interface Parts extends StartParts {
  endings: Pick<Endings, 'drain' | 'endForGood'>;
  waiting: Pick<WaitingWorkers, 'hold' | 'has' | 'giveUp'>;
  log: Log;
}

export class PoolSize {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Up to the number that the settings say. Admission is refreshed before. */
  fill(pool: PoolSettings, reason: string): void {
    for (const worker of fillPool(pool, this.#parts).toLaunch) {
      startWanted(worker, pool, { reason }, this.#parts).catch((error: unknown) =>
        this.#parts.log.error(`${worker.id} could not be started.`, error),
      );
    }
  }

  /** Those that work as they should stay first. Nothing is aborted. */
  drainTo(pool: string, workers: number, reason: string): void {
    const { roster, endings, waiting } = this.#parts;
    const staying = this.staying(pool).sort((left, right) => Number(isSound(right)) - Number(isSound(left)));
    const held = roster.ofPool(pool).filter((worker) => waiting.has(worker));
    for (const worker of held.slice(Math.max(0, workers - staying.length))) waiting.giveUp(worker);
    for (const worker of staying.slice(workers)) {
      if (worker.ending) endings.endForGood(worker, reason);
      else endings.drain(worker, reason);
    }
  }

  /** Those that live and do not end for good. */
  staying(pool: string): Worker[] {
    return this.#parts.roster
      .ofPool(pool)
      .filter(({ state, ending }) => isLive(state) && (ending === undefined || ending.relaunch));
  }
}

/** Whether it takes jobs and gets on with them. */
export function isSound(worker: Worker): boolean {
  return worker.takesJobs && worker.stuck === undefined;
}
