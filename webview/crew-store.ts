/** What the page knows: the last snapshot brought forward by deltas, and what time it is where the crew is. */
import type { CrewState } from '../src/control/crew-state.ts';
import { applyDelta } from '../src/control/crew-model.ts';
import type { Situation } from '../src/extension/situation.ts';
import type { DashboardMessage } from './messages.ts';

export interface PageState {
  situation: Situation;
  trusted: boolean;
  live: boolean;
  refusal?: string;
  crew?: CrewState;
}

export class CrewStore {
  #state: PageState | undefined;
  /** Milliseconds the crew's clock is ahead of the browser's. */
  #ahead = 0;

  /** Undefined until the first snapshot. */
  get state(): PageState | undefined {
    return this.#state;
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
    } else if (this.#state?.crew) {
      this.#state = { ...this.#state, crew: applyDelta(this.#state.crew, message.delta) };
    }
  }
}
