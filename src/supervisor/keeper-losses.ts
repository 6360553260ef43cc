/**
 * Jobs under which the keeper dies each time. An attempt that is lost with its keeper costs a job nothing, so one that ends the
 * keeper (it signals what it should not, or takes all memory of the machine) would be run again for ever, and take the work
 * of all other workers along each time.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JobId } from '../core/job.ts';

/** So often in a row, with nothing saved in between, is no chance any more. */
const MOST_LOSSES = 5;

interface Running {
  id: JobId;
  checkpoint?: unknown;
}

export class KeeperLosses {
  #running = new Map<JobId, { losses: number; checkpoint: unknown }>();

  /** The keeper has died while these ran. Returns those that ran each time when it has happened too often. */
  note(jobs: readonly Running[]): JobId[] {
    const before = this.#running;
    this.#running = new Map(
      jobs.map(({ id, checkpoint }) => {
        const known = before.get(id);
        const goesOn = known !== undefined && isDeepStrictEqual(known.checkpoint, checkpoint);
        return [id, { losses: goesOn ? known.losses + 1 : 1, checkpoint }];
      }),
    );
    const suspects = [...this.#running].filter(([, { losses }]) => losses >= MOST_LOSSES);
    return suspects.map(([id]) => id).sort((left, right) => left - right);
  }

  /** Somebody has looked at it. */
  forget(): void {
    this.#running.clear();
  }
}
