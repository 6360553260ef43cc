/** Messages that wait for what they stand on to be written, and then go to their workers in order. */
import type { KeeperClient } from '../keeper/contract.ts';
import type { DiskGate } from './disk-gate.ts';
import type { Worker } from './worker.ts';

/** What goes to a worker. One that says something which must be on record first waits while the disk refuses. */
interface OutgoingMessage {
  worker: Worker;
  launch: number;
  body: string;
  afterRecord: boolean;
}

export class Outbox {
  readonly #store: DiskGate;
  #messages: OutgoingMessage[] = [];

  constructor(store: DiskGate) {
    this.#store = store;
  }

  /** They are for workers of a keeper that is gone. */
  clear(): void {
    this.#messages = [];
  }

  /** Puts a message where it waits for what was appended so far to be written. Returns its frame's number. */
  post(worker: Worker, body: string, afterRecord: boolean): number {
    this.#messages.push({ worker, launch: worker.launch, body, afterRecord });
    return ++worker.lastFrame;
  }

  /** Each worker gets its messages in order: behind one that waits, the others wait too. */
  deliver(keeper: KeeperClient | undefined): void {
    if (this.#messages.length === 0 || this.#store.failure) return;
    const messages = this.#messages;
    this.#messages = [];
    const waiting = new Set<Worker>();
    for (const message of messages) {
      const { worker, launch, body, afterRecord } = message;
      if (this.#store.blocked && (afterRecord || waiting.has(worker))) {
        waiting.add(worker);
        this.#messages.push(message);
      } else if (worker.handle !== undefined && worker.launch === launch) {
        keeper?.send(worker.handle, body);
      }
    }
    // The tick that this is called in has come to its end; the next one would first wait for more.
    keeper?.flush();
  }
}
