import type { Notice } from '../control/api.ts';
import type { CrewState, StateDelta } from '../control/crew-state.ts';
import type { ControlClient } from '../control/client-contract.ts';
import { applyDelta } from '../control/crew-model.ts';

export interface SubscriptionListener {
  changed(delta: StateDelta): void;
  noticed(notice: Notice): void;
  closed(): void;
}

/** The state of the crew over one connection: a snapshot, then every delta that is not older than it. */
export class CrewSubscription {
  readonly #client: ControlClient;
  readonly #stops: (() => void)[];
  /** What came before the snapshot did. */
  #early: StateDelta[] | undefined = [];
  #sequence = 0;

  constructor(client: ControlClient, listener: SubscriptionListener) {
    this.#client = client;
    this.#stops = [
      client.on('state/changed', (delta) => {
        if (this.#early) this.#early.push(delta);
        else if (this.#isNews(delta)) listener.changed(delta);
      }),
      client.on('notice', (notice) => listener.noticed(notice)),
      client.onClose(() => listener.closed()),
    ];
  }

  /** Subscribes. The listener hears only of what comes after the state this resolves with. */
  async open(): Promise<CrewState> {
    let crew = await this.#client.request('subscribe', {});
    this.#sequence = crew.sequence;
    for (const delta of this.#early ?? []) if (this.#isNews(delta)) crew = applyDelta(crew, delta);
    this.#early = undefined;
    return crew;
  }

  /** Ends the connection; the listener hears nothing more. May be called twice. */
  stop(): void {
    for (const stop of this.#stops) stop();
    this.#client.close();
  }

  /** Equal is not old: memory and CPU change without an event. */
  #isNews(delta: StateDelta): boolean {
    if (delta.sequence < this.#sequence) return false;
    this.#sequence = delta.sequence;
    return true;
  }
}
