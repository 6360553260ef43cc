/**
 * The store as the supervisor uses it: one that stands still while the disk refuses. Two modes:
 *
 * - *open*: everything goes through. The first write that the disk refuses blocks it.
 * - *blocked*: nothing is written, so nothing is acknowledged, taken in or told to a worker because of it. What happens
 *   anyway (a running job ends, a process exits) is appended and waits in memory, unacknowledged to the keeper. Twice a
 *   second the disk is tried, with room to spare; when it takes that, what waits is written and the gate opens.
 *
 * A flush that fails is no matter of waiting: then the store has ended (see `Store.flush`).
 */
import type { Clock } from '../core/clock.ts';
import { describeDiskTrouble, describeLackOfRoom, type DiskFacts } from '../core/disk-trouble.ts';
import type { JournalEvent } from '../core/events.ts';
import type { EventStamp, RecoveryReport, Store, StoreQueries } from '../store/contract.ts';
import { StoreError } from '../store/store-error.ts';
import type { DiskRoom } from './disk-room.ts';

/** Between two tries of a disk that refused; milliseconds. */
const TRY_INTERVAL = 500;
/** Bytes that must be free beyond what waits: a disk that has a few is full again with the next job. */
const ROOM_TO_SPARE = 1024 * 1024;
/** What waits may be more than is sensible to try with. */
const LARGEST_TRY = 64 * 1024 * 1024;

export interface DiskGateOptions {
  store: Store;
  clock: Clock;
  folder: string;
  room: DiskRoom;
}

export class DiskGate implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #room: DiskRoom;
  #blocked: StoreError | undefined;
  #cancelTry: (() => void) | undefined;
  #closed = false;
  readonly #listeners: ((error: StoreError | undefined) => void)[] = [];
  #waiting: (() => void)[] = [];

  constructor({ store, clock, folder, room }: DiskGateOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#folder = folder;
    this.#room = room;
  }

  /** Why nothing is written, while the disk refuses. */
  get blocked(): StoreError | undefined {
    return this.#blocked;
  }

  /** Calls `listener` with the error when the disk begins to refuse, and with undefined when it takes writes again. */
  onBlocked(listener: (error: StoreError | undefined) => void): void {
    this.#listeners.push(listener);
  }

  /** Throws unless what is asked for now could be written down. */
  requireWritable(): void {
    this.write();
  }

  /** Resolves when the disk takes writes. */
  writable(): Promise<void> {
    if (!this.#blocked) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when all that was appended is on the disk; a disk that refuses is waited for. */
  saved(): Promise<void> {
    return this.#whenWritable(() => this.flush());
  }

  /** Resolves when all that was appended is with the operating system; a disk that refuses is waited for. */
  written(): Promise<void> {
    return this.#whenWritable(() => this.write());
  }

  async #whenWritable(action: () => void | Promise<void>): Promise<void> {
    for (;;) {
      await this.writable();
      try {
        return await action();
      } catch (error) {
        if (!this.#blocked) throw error;
      }
    }
  }

  get lastSequence(): number {
    return this.#store.lastSequence;
  }

  get recovery(): RecoveryReport {
    return this.#store.recovery;
  }

  get failure(): StoreError | undefined {
    return this.#store.failure;
  }

  get unwritten(): number {
    return this.#store.unwritten;
  }

  get isBehind(): boolean {
    return this.#store.isBehind;
  }

  caughtUp(): Promise<void> {
    return this.#store.caughtUp();
  }

  append(event: JournalEvent): EventStamp {
    return this.#store.append(event);
  }

  record(events: readonly JournalEvent[]): EventStamp {
    if (this.#blocked) throw this.#blocked;
    try {
      return this.#store.record(events);
    } catch (error) {
      throw this.#block(error, () => JSON.stringify(events).length);
    }
  }

  write(): void {
    if (this.#blocked) throw this.#blocked;
    try {
      this.#store.write();
    } catch (error) {
      throw this.#block(error, () => 0);
    }
  }

  async flush(): Promise<void> {
    this.write();
    await this.#store.flush();
  }

  query<Name extends keyof StoreQueries>(
    name: Name,
    parameters: StoreQueries[Name]['parameters'],
  ): Promise<StoreQueries[Name]['result']> {
    return this.#store.query(name, parameters);
  }

  keepInPlace(): Promise<void> {
    return this.#store.keepInPlace();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancelTry?.();
    return this.#store.close();
  }

  /**
   * What to throw for a failed write. Only a refusal of the disk blocks, and only one that would meet the next small write too:
   * one request for more than is left must not stop the others. What was appended before cannot be taken back, so it blocks.
   */
  #block(error: unknown, refused: () => number): unknown {
    const isRefusal = error instanceof StoreError && error.cause !== undefined && !this.#store.failure;
    if (!isRefusal || this.#closed) return error;
    const facts = this.#facts(error.cause, refused());
    const isRefusedAlone = this.#store.unwritten === 0;
    if (
      isRefusedAlone &&
      facts.code === 'ENOSPC' &&
      (facts.free ?? 0) > 2 * ROOM_TO_SPARE &&
      facts.needed > facts.free!
    ) {
      const { message, nextStep } = describeLackOfRoom(facts);
      return new StoreError(message, error.file, nextStep, { cause: error.cause });
    }
    const { message, nextStep } = describeDiskTrouble(facts);
    this.#blocked = new StoreError(message, error.file, nextStep, { cause: error.cause });
    for (const listener of this.#listeners) listener(this.#blocked);
    this.#tryLater();
    return this.#blocked;
  }

  #facts(cause: unknown, refused: number): DiskFacts {
    return {
      folder: this.#folder,
      code: (cause as NodeJS.ErrnoException).code ?? '',
      detail: cause instanceof Error ? cause.message : String(cause),
      free: this.#room.free(),
      needed: this.#store.unwritten + refused + ROOM_TO_SPARE,
    };
  }

  #tryLater(): void {
    this.#cancelTry = this.#clock.after(TRY_INTERVAL, () => void this.#try());
  }

  async #try(): Promise<void> {
    try {
      await this.#room.probe(Math.min(this.#store.unwritten + ROOM_TO_SPARE, LARGEST_TRY));
      if (this.#closed) return;
      this.#store.write();
    } catch {
      // It was told once; the next try follows.
      if (!this.#closed && !this.#store.failure) this.#tryLater();
      return;
    }
    this.#blocked = undefined;
    for (const listener of this.#listeners) listener(undefined);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
