/** The connection to the keeper of the workspace, whichever it is at the moment. */
import type { KeeperClient, KeeperEvents } from '../keeper/contract.ts';

interface Hooks {
  /** Connects to the keeper that lives, or starts one. */
  open: (events: KeeperEvents) => Promise<KeeperClient>;
  /** Takes over what the keeper holds, before anybody else gets to use it. */
  takeOver: (keeper: KeeperClient) => Promise<void>;
}

export class KeeperLink {
  readonly #hooks: Hooks;
  readonly #events: KeeperEvents;
  #client: KeeperClient | undefined;
  #opening: Promise<KeeperClient> | undefined;

  constructor(hooks: Hooks, events: KeeperEvents) {
    this.#hooks = hooks;
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
    if (this.#opening) return this.#opening;
    if (this.#client) return this.#client;
    this.#opening = this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<KeeperClient> {
    const client = await this.#hooks.open(this.#events);
    this.#client = client;
    await this.#hooks.takeOver(client);
    // It may have died meanwhile.
    return this.#client === client ? client : this.#open();
  }
}
