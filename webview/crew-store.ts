/** What the page knows: the last snapshot brought forward by deltas, and what time it is where the crew is. */
import type { CrewState } from '../src/control/crew-state.ts';
import { applyDelta } from '../src/control/crew-model.ts';
import type { Trend } from '../src/extension/dashboard/trend.ts';
import type { Situation } from '../src/extension/situation.ts';
import type { DashboardMessage } from './messages.ts';

export interface PageState {
  situation: Situation;
  trusted: boolean;
  live: boolean;
  refusal?: string;
  crew?: CrewState;
}

/** The last hour of each, by name. */
export interface Trends {
  pools: ReadonlyMap<string, Trend>;
  workers: ReadonlyMap<string, Trend>;
}

export class CrewStore {
  #state: PageState | undefined;
  #trends: Trends = { pools: new Map(), workers: new Map() };
  /** Milliseconds the crew's clock is ahead of the browser's. */
  #ahead = 0;

  /** Undefined until the first snapshot. */
  get state(): PageState | undefined {
    return this.#state;
  }

  /** Empty until they are told. */
  get trends(): Trends {
    return this.#trends;
  }

  /** Milliseconds since 1970 on the crew's machine. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  receive(message: DashboardMessage): void {
    this.#ahead = message.now - Date.now();
    if (message.type === 'snapshot') {
      const { type: _type, now: _now, ...state } = message;
      this.#state = state;
    } else if (message.type === 'trends') {
      this.#trends = byName(message.trends);
    } else if (this.#state?.crew) {
      this.#state = { ...this.#state, crew: applyDelta(this.#state.crew, message.delta) };
    }
  }
}

function byName(trends: readonly Trend[]): Trends {
  const pools = new Map<string, Trend>();
  const workers = new Map<string, Trend>();
  for (const trend of trends) {
    if (trend.worker === undefined) pools.set(trend.pool, trend);
    else workers.set(trend.worker, trend);
  }
  return { pools, workers };
}
