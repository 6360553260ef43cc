/** A pool's ramp, as faces are shown it. */
import type { RampAction } from '../core/ramp-actions.ts';
import type { RampStanding } from '../core/ramp-text.ts';

export interface RampView extends RampStanding {
  pool: string;
  /** In words: `step 2 of 3: 3 workers, 1 h 20 min of 4 h`. */
  text: string;
  /** How many workers the pool is to have because of it; absent: its own number holds. */
  workers?: number;
  /** Since when it is in its state, milliseconds since 1970; absent when it was never started. */
  since?: number;
  /** Of a rollback: the folder with its report, an absolute path. */
  incident?: string;
  /** What can be done to it now. */
  actions: RampAction[];
}
