/** The store itself: the journal in this thread, the projection in the other, its snapshots, and what ends it. */
import type { Clock } from '../core/clock.ts';
import type { JournalEvent } from '../core/events.ts';
import type { EventStamp, RecoveryReport, Store, StoreQueries } from './contract.ts';
import type { EventGuard } from './event-guard.ts';
import type { FileSystem } from './file-system.ts';
import type { Journal } from './journal.ts';
import type { ProjectionClient } from './projection-client.ts';
import { PutBack } from './put-back.ts';
import type { SnapshotPaths } from './snapshot-files.ts';
import { Snapshots, type SnapshotsFound } from './snapshots.ts';
import { StoreError } from './store-error.ts';

export interface StoreParts extends SnapshotsFound {
  files: FileSystem;
  paths: SnapshotPaths;
  clock: Clock;
  log: (message: string) => void;
  journal: Journal;
  guard: EventGuard;
  projection: ProjectionClient;
  recovery: RecoveryReport;
  /** Nothing more is taken; only a new start finds out what the disk holds. */
  onFailure: (error: StoreError) => void;
  /** Files that had been removed or replaced were written anew. */
  onPutBack: () => void;
}

export class JournaledStore implements Store {
  readonly recovery: RecoveryReport;
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #guard: EventGuard;
  readonly #projection: ProjectionClient;
  readonly #snapshots: Snapshots;
  readonly #putBack: PutBack;
  readonly #onFailure: (error: StoreError) => void;
  #closed: Promise<void> | undefined;
  #failure: StoreError | undefined;

  constructor(parts: StoreParts) {
    this.recovery = parts.recovery;
    this.#folder = parts.paths.folder;
    this.#journal = parts.journal;
    this.#guard = parts.guard;
    this.#projection = parts.projection;
    this.#onFailure = parts.onFailure;
    const write = (): void => this.#write();
    this.#snapshots = new Snapshots({ ...parts, write, flush: () => this.#flushJournal() }, parts);
    this.#putBack = new PutBack({
      ...parts,
      snapshots: this.#snapshots,
      failure: () => this.#failure,
      fail: (error) => this.fail(error),
    });
  }

  get lastSequence(): number {
    return this.#journal.lastSequence;
  }

  append(event: JournalEvent): EventStamp {
    this.#refuseWhenEnded();
    this.#guard.check(event);
    const stamp = this.#journal.append(event);
    this.#recorded(event);
    return stamp;
  }

  get failure(): StoreError | undefined {
    return this.#failure;
  }

  get unwritten(): number {
    return this.#journal.unwritten;
  }

  get isBehind(): boolean {
    return this.#projection.lag.isTooMuch;
  }

  async caughtUp(): Promise<void> {
    this.#refuseWhenEnded();
    await this.#projection.lag.caughtUp();
  }

  record(events: readonly JournalEvent[]): EventStamp {
    this.#refuseWhenEnded();
    for (const event of events) this.#guard.check(event);
    this.#seal();
    const { stamp, text } = this.#journal.record(events);
    for (const event of events) this.#recorded(event);
    this.#projection.send(text);
    this.#snapshots.journaled();
    return stamp;
  }

  write(): void {
    this.#refuseWhenEnded();
    this.#write();
    this.#snapshots.journaled();
  }

  async flush(): Promise<void> {
    this.write();
    await this.#flushJournal();
    if (!this.#journal.isInPlace) await this.#putBack.run();
  }

  async keepInPlace(): Promise<void> {
    if (this.#failure || this.#closed) return;
    if (!this.#snapshots.isInPlace || !this.#journal.isWhole) await this.#putBack.run();
  }

  async query<Name extends keyof StoreQueries>(
    name: Name,
    parameters: StoreQueries[Name]['parameters'],
  ): Promise<StoreQueries[Name]['result']> {
    this.#refuseWhenEnded();
    this.#seal();
    return await this.#projection.query(name, parameters);
  }

  /**
   * The projection has ended, or a flush failed: nothing more is taken, and whoever owns the store is told. What was journaled is
   * found by the next start.
   */
  fail(error: StoreError): void {
    this.#failure = error;
    this.#snapshots.stop();
    this.#onFailure(error);
  }

  /** Takes a snapshot at once. One that fails is only logged. */
  async snapshot(): Promise<void> {
    await this.#snapshots.take();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #recorded(event: JournalEvent): void {
    this.#guard.record(event);
    this.#snapshots.count(event);
  }

  #write(): void {
    this.#seal();
    this.#journal.writeSealed();
  }

  /** What is sealed is part of the order of events for good, so the projection may have it before the disk has. */
  #seal(): void {
    const record = this.#journal.seal();
    if (record !== undefined) this.#projection.send(record);
  }

  /** A flush that failed is the end of this store, once. */
  async #flushJournal(): Promise<void> {
    try {
      await this.#journal.flush();
    } catch (error) {
      const { failure } = this.#journal;
      if (failure && !this.#failure && !this.#closed) this.fail(failure);
      throw error;
    }
  }

  async #close(): Promise<void> {
    this.#snapshots.stop();
    try {
      if (this.#failure) return;
      this.#write();
      await this.#journal.flush();
      await this.#snapshots.takeLast();
    } finally {
      await this.#projection.close();
      this.#journal.close();
    }
  }

  #refuseWhenEnded(): void {
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw new StoreError('The store is closed.', this.#folder, 'Start the crew again.');
  }
}
