/**
 * What the dashboard's page is told, and when: everything once it can be seen, then what changed, gathered to a few
 * messages a second, and nothing at all while it is hidden.
 */
import type { DashboardMessage } from '../../../webview/messages.ts';
import type { StateDelta } from '../../control/crew-state.ts';
import { fullText } from '../../control/full-text.ts';
import type { Clock } from '../../core/clock.ts';
import { Coalescer } from '../coalescer.ts';
import { mergeDeltas } from '../../control/crew-model.ts';
import { crewOf, type LinkChange, type LinkState } from '../link-state.ts';
import type { Situation } from '../situation.ts';

/** Milliseconds between messages: four a second look alive, and leave the page time to draw. */
export const FEED_INTERVAL = 250;

export interface FeedOptions {
  clock: Clock;
  post(message: DashboardMessage): void;
  state(): LinkState;
  situation(): Situation;
}

export class DashboardFeed {
  readonly #options: FeedOptions;
  readonly #posts: Coalescer;
  #ready = false;
  #visible: boolean;
  #gathered: StateDelta | undefined;

  constructor(options: FeedOptions, visible: boolean) {
    this.#options = options;
    this.#visible = visible;
    this.#posts = new Coalescer(options.clock, FEED_INTERVAL, () => this.#postGathered());
  }

  /** The page says that it listens, for the first time or after it was loaded again. */
  ready(): void {
    this.#ready = true;
    this.snapshot();
  }

  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) this.snapshot();
    else this.#forget();
  }

  /** To be called with every change of the link. */
  update({ delta }: LinkChange): void {
    if (!this.#ready || !this.#visible) return;
    if (!delta) {
      this.snapshot();
      return;
    }
    this.#gathered = this.#gathered ? mergeDeltas(this.#gathered, delta) : delta;
    this.#posts.request();
  }

  snapshot(): void {
    if (!this.#ready || !this.#visible) return;
    this.#forget();
    const state = this.#options.state();
    const crew = crewOf(state);
    this.#posts.reset();
    this.#options.post({
      type: 'snapshot',
      now: this.#options.clock.now(),
      situation: this.#options.situation(),
      trusted: state.kind !== 'noWorkspace' && state.place.trusted,
      live: state.kind === 'connected',
      ...(state.kind === 'refused' ? { refusal: fullText(state.refusal) } : {}),
      ...(crew ? { crew } : {}),
    });
  }

  dispose(): void {
    this.#visible = false;
    this.#forget();
  }

  #postGathered(): void {
    const delta = this.#gathered;
    this.#gathered = undefined;
    if (delta) this.#options.post({ type: 'delta', now: this.#options.clock.now(), delta });
  }

  /** Drops what was gathered: a snapshot says it better, and a hidden page need not know. */
  #forget(): void {
    this.#gathered = undefined;
    this.#posts.cancel();
  }
}
