/**
 * Follows a crew over one connection after another: a supervisor that crashes is started again by the keeper within
 * seconds, and whoever watches a run of 14 hours should not have to notice.
 */
import type { Notice } from '../control/api.ts';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { CrewState } from '../control/crew-state.ts';
import type { ControlClient } from '../control/client-contract.ts';
import { AwakeTime } from '../core/awake-clock.ts';
import type { Clock } from '../core/clock.ts';
import { applyDelta } from '../control/crew-model.ts';

/** How long a successor may take; the keeper waits a little longer with every crash. Milliseconds. */
const RECONNECT_PATIENCE = 30_000;
const RECONNECT_INTERVAL = 250;

export interface CrewFollowerOptions {
  client: ControlClient;
  /** The supervisor that lives now, if one does. */
  reconnect: () => Promise<ControlClient | undefined>;
  clock: Clock;
}

export class CrewFollower {
  readonly #options: CrewFollowerOptions;
  readonly #stateListeners = new Set<(state: CrewState) => void>();
  readonly #noticeListeners = new Set<(notice: Notice) => void>();
  readonly #endListeners = new Set<(reason: Error) => void>();
  #client: ControlClient;
  #state: CrewState | undefined;
  #ended = false;

  /** Listens for notices at once; the state is followed from `start` on. */
  constructor(options: CrewFollowerOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#listen(options.client);
  }

  /** The connection that lives now. A request over it may fail with `ending` like any other. */
  get client(): ControlClient {
    return this.#client;
  }

  get state(): CrewState {
    if (!this.#state) throw new Error('The follower has not been started.');
    return this.#state;
  }

  async start(): Promise<CrewState> {
    const state = await this.#client.request('subscribe', {});
    this.#state = state;
    return state;
  }

  /** Takes the state anew: what was answered before the call is in it, which the next delta may bring only later. */
  async refresh(): Promise<void> {
    this.#tell(await this.#client.request('status', {}));
  }

  onState(listener: (state: CrewState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** The supervisor ended on purpose, none came back, or one that this version cannot follow: the error says which. */
  onEnd(listener: (reason: Error) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /** Resolves with the first state (the one now included) that `test` accepts; rejects when the crew has ended. */
  until(test: (state: CrewState) => boolean): Promise<CrewState> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        stopStates();
        stopEnds();
        settle();
      };
      const stopStates = this.onState((state) => {
        if (test(state)) finish(() => resolve(state));
      });
      const stopEnds = this.onEnd((reason) => finish(() => reject(reason)));
      if (this.#state && test(this.#state)) return finish(() => resolve(this.#state!));
      if (this.#ended) finish(() => reject(crewEnded()));
    });
  }

  /** No more is told; the connection stays open. */
  stop(): void {
    this.#ended = true;
    this.#stateListeners.clear();
    this.#noticeListeners.clear();
    this.#endListeners.clear();
  }

  #listen(client: ControlClient): void {
    client.on('notice', (notice) => {
      for (const listener of this.#noticeListeners) listener(notice);
    });
    client.on('state/changed', (delta) => {
      // What was changed before the whole state was sent is in it.
      if (!this.#state || delta.sequence < this.#state.sequence) return;
      this.#tell(applyDelta(this.#state, delta));
    });
    client.onClose(() => void this.#reconnect());
  }

  #tell(state: CrewState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  async #reconnect(): Promise<void> {
    const { clock, reconnect } = this.#options;
    let unreachable: Error | undefined;
    // A machine that slept meanwhile has not waited.
    const waited = new AwakeTime(clock.monotonic());
    // A crew that is not wanted any more was ended by somebody: nothing will come back.
    while (
      !this.#ended &&
      this.#state?.wanted !== false &&
      waited.at(clock.monotonic()) < RECONNECT_PATIENCE
    ) {
      let client: ControlClient | undefined;
      unreachable = undefined;
      try {
        client = await reconnect();
      } catch (error) {
        // It may pass, while one supervisor follows another.
        unreachable = error as Error;
      }
      if (client) {
        this.#client = client;
        this.#listen(client);
        if (!this.#state) return;
        try {
          this.#tell(await client.request('subscribe', {}));
          return;
        } catch (error) {
          // It is gone again; its close has begun another reconnection.
          if (error instanceof ControlError && error.code === ControlErrorCode.ending) return;
          throw error;
        }
      }
      await new Promise<void>((resolve) => clock.after(RECONNECT_INTERVAL, resolve));
    }
    if (!this.#ended) this.#end(unreachable ?? crewEnded());
  }

  #end(reason: Error): void {
    this.#ended = true;
    for (const listener of this.#endListeners) listener(reason);
  }
}

function crewEnded(): ControlError {
  return new ControlError(ControlErrorCode.ending, 'The supervisor has ended.', {
    nextStep:
      'Jobs that are not done stay in the queue: `nightcrew run` or `nightcrew up` goes on with them.',
  });
}
