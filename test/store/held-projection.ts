/** A projection that can be held up: what is sent to it then waits, as in the queue of a thread that is busy. */
import type { ProjectionHost } from '../../src/store/projection-client.ts';
import type { ToProjection } from '../../src/store/projection-messages.ts';

export class HeldProjection implements ProjectionHost {
  readonly #host: ProjectionHost;
  #held: ToProjection[] | undefined;

  constructor(host: ProjectionHost) {
    this.#host = host;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#host.postMessage(message);
  }

  /** Characters of the records that wait. */
  get waiting(): number {
    return (this.#held ?? []).reduce(
      (sum, message) => sum + (message.type === 'apply' ? message.records.length : 0),
      0,
    );
  }

  postMessage(message: ToProjection): void {
    if (this.#held) this.#held.push(message);
    else this.#host.postMessage(message);
  }

  on(event: string, listener: (value: never) => void): void {
    this.#host.on(event as 'message', listener as never);
  }
}
