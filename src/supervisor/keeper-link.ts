/**
 * The supervisor's connection to its keeper: finds the one that lives, or starts one. When the keeper dies its
 * workers' pipes are gone with it, so the workers' ends are what the listeners are told.
 */
import type { KeeperClient, KeeperEvents } from '../keeper/contract.ts';

export class KeeperLink {
  #client: KeeperClient | undefined;
  #opening: Promise<KeeperClient> | undefined;
  readonly #open: (events: KeeperEvents) => Promise<KeeperClient>;
  readonly #events: KeeperEvents;

  constructor(open: (events: KeeperEvents) => Promise<KeeperClient>, events: KeeperEvents) {
    this.#open = open;
    this.#events = {
      ...events,
      onDisconnected: (reason) => {
        this.#client = undefined;
        events.onDisconnected(reason);
      },
    };
  }

  get client(): KeeperClient | undefined {
    return this.#client;
  }

  /** The connected keeper; one is started if none lives. */
  async ensure(): Promise<KeeperClient> {
    if (this.#client) return this.#client;
    this.#opening ??= this.#open(this.#events).finally(() => (this.#opening = undefined));
    this.#client = await this.#opening;
    return this.#client;
  }
}
