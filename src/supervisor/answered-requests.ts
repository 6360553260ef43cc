/** What requests to enqueue were answered with, the newest of them: asked again, they are answered with the same. */
import type { BatchEnqueued } from '../core/events.ts';
import { REMEMBERED_REQUESTS, type AnsweredRequest } from '../store/restored-state.ts';

export class AnsweredRequests {
  /** By the name that who asked gave to the request; the newest last. */
  readonly #requests = new Map<string, AnsweredRequest>();

  /** `restored`: the newest first. */
  constructor(restored: readonly AnsweredRequest[]) {
    for (const answered of restored.toReversed()) this.#requests.set(answered.request, answered);
  }

  of(request: string | undefined): AnsweredRequest | undefined {
    return request === undefined ? undefined : this.#requests.get(request);
  }

  remember({ request, batch, name, pool, count, firstJob }: BatchEnqueued): void {
    if (request === undefined) return;
    this.#requests.set(request, { request, batch, name, pool, count, firstJob });
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > REMEMBERED_REQUESTS) this.#requests.delete(oldest!);
  }
}
