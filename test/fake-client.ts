/** A supervisor's end of the control API that answers from a script, and can be made to speak or to vanish. */
import type { ControlNotifications, ControlRequests } from '../src/control/api.ts';
import { ControlError, ControlErrorCode } from '../src/control/control-error.ts';
import type { CrewState, ServerInfo, StateDelta } from '../src/control/crew-state.ts';
import type { ControlClient } from '../src/control/client-contract.ts';

type Method = Exclude<keyof ControlRequests, 'connect'>;
export type Answers = {
  [Name in Method]?: (
    parameters: ControlRequests[Name]['parameters'],
  ) => ControlRequests[Name]['result'] | Promise<ControlRequests[Name]['result']>;
};

export class FakeClient implements ControlClient {
  readonly server: ServerInfo;
  readonly requests: [method: string, parameters: unknown][] = [];
  state: CrewState;
  answers: Answers;
  closed = false;
  readonly #listeners = new Map<string, Set<(parameters: never) => void>>();
  readonly #closeListeners = new Set<() => void>();

  constructor(state: CrewState, answers: Answers = {}) {
    this.state = state;
    this.server = state.server;
    this.answers = answers;
  }

  async request<Name extends Method>(
    method: Name,
    parameters: ControlRequests[Name]['parameters'],
  ): Promise<ControlRequests[Name]['result']> {
    this.requests.push([method, parameters]);
    if (this.closed)
      throw new ControlError(ControlErrorCode.ending, 'The connection to the supervisor closed.');
    const answer = this.answers[method];
    if (answer) return answer(parameters);
    if (method === 'attend') return null as ControlRequests[Name]['result'];
    if (method === 'subscribe' || method === 'status') return this.state as ControlRequests[Name]['result'];
    throw new Error(`The test has no answer to ${method}.`);
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

  /** What was asked of one method. */
  asked(method: Method): unknown[] {
    return this.requests.filter(([name]) => name === method).map(([, parameters]) => parameters);
  }

  notify<Name extends keyof ControlNotifications>(name: Name, parameters: ControlNotifications[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(parameters as never);
  }

  /** The crew changes: later questions see it, and who subscribed is told. */
  change(delta: Omit<StateDelta, 'sequence'>): void {
    const { workers, batches, ...rest } = delta;
    const replace = <Entity>(known: Entity[], changed: Entity[] | undefined, key: keyof Entity): Entity[] => [
      ...known.filter((entity) => !changed?.some((other) => other[key] === entity[key])),
      ...(changed ?? []),
    ];
    const sequence = this.state.sequence + 1;
    this.state = {
      ...this.state,
      ...rest,
      sequence,
      workers: replace(this.state.workers, workers, 'id'),
      batches: replace(this.state.batches, batches, 'id'),
    } as CrewState;
    this.notify('state/changed', { ...delta, sequence });
  }

  /** The supervisor is gone. */
  vanish(): void {
    this.closed = true;
    for (const listener of this.#closeListeners) listener();
  }
}
