import type { ControlNotifications, CrewState, ServerInfo } from '../../src/control/api.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';

/** A connection that answers from a script, and whose supervisor can be made to speak or to vanish. */
export class FakeControlClient implements ControlClient {
  readonly server: ServerInfo;
  readonly requests: { method: string; parameters: unknown }[] = [];
  /** What a method answers; the state's own methods answer the crew. */
  readonly answers = new Map<string, unknown>();
  closed = false;
  crew: CrewState;
  readonly #listeners = new Map<string, Set<(parameters: never) => void>>();
  readonly #closeListeners = new Set<() => void>();

  constructor(crew: CrewState) {
    this.crew = crew;
    this.server = crew.server;
  }

  async request(method: string, parameters: unknown): Promise<never> {
    this.requests.push({ method, parameters });
    if (this.closed) throw new Error('The connection to the supervisor closed.');
    const answer = method === 'subscribe' || method === 'status' ? this.crew : this.answers.get(method);
    return (answer ?? null) as never;
  }

  on(name: string, listener: (parameters: never) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  onClose(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  close(): void {
    this.closed = true;
  }

  /** The supervisor says something without being asked. */
  notify<Name extends keyof ControlNotifications>(name: Name, parameters: ControlNotifications[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(parameters as never);
  }

  /** The supervisor is gone. */
  vanish(): void {
    this.closed = true;
    for (const listener of this.#closeListeners) listener();
  }
}
