/** The store itself: the journal in this thread, the projection in the other, and the moments at which a snapshot is due. */
import { dirname } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { JournalEvent } from '../core/events.ts';
import { countJobs } from '../core/id-ranges.ts';
import type { EventStamp, RecoveryReport, Store, StoreQueries } from './contract.ts';
import { StoreError } from './store-error.ts';
import type { EventGuard } from './event-guard.ts';
import type { FileSystem } from './file-system.ts';
import type { Journal } from './journal.ts';
import type { ProjectionClient } from './projection-client.ts';
import { publishSnapshot, type SnapshotPaths } from './snapshot-files.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';

export interface StoreParts {
  files: FileSystem;
  paths: SnapshotPaths;
  clock: Clock;
  log: (message: string) => void;
  journal: Journal;
  guard: EventGuard;
  projection: ProjectionClient;
  recovery: RecoveryReport;
  /** What the snapshots on the disk cover; 0 for one that is not there. */
  currentSequence: number;
  previousSequence: number;
  snapshotBytes: number;
  /** Nothing more is taken; only a new start finds out what the disk holds. */
  onFailure: (error: StoreError) => void;
  /** Files that had been removed or replaced were written anew. */
  onPutBack: () => void;
}

/** A job that is enqueued takes as long to replay as so many bytes of claims and results (3 µs against 30 bytes in 1 µs). */
const BYTES_OF_A_JOB = 100;
/** Between two tries to write anew what was removed; milliseconds. */
const PUT_BACK_RETRY = 500;

export class JournaledStore implements Store {
  readonly recovery: RecoveryReport;
  readonly #files: FileSystem;
  readonly #paths: SnapshotPaths;
  readonly #log: (message: string) => void;
  readonly #journal: Journal;
  readonly #guard: EventGuard;
  readonly #projection: ProjectionClient;
  readonly #schedule: SnapshotSchedule;
  readonly #onFailure: (error: StoreError) => void;
  readonly #onPutBack: () => void;
  readonly #clock: Clock;
  /** Jobs that came, or were changed many at a time, since the last snapshot began. */
  #enqueued = 0;
  #currentSequence: number;
  #previousSequence: number;
  #snapshot: Promise<void> | undefined;
  #puttingBack: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #failure: StoreError | undefined;

  constructor(parts: StoreParts) {
    this.recovery = parts.recovery;
    this.#files = parts.files;
    this.#paths = parts.paths;
    this.#log = parts.log;
    this.#journal = parts.journal;
    this.#guard = parts.guard;
    this.#projection = parts.projection;
    this.#onFailure = parts.onFailure;
    this.#onPutBack = parts.onPutBack;
    this.#clock = parts.clock;
    this.#currentSequence = parts.currentSequence;
    this.#previousSequence = parts.previousSequence;
    this.#schedule = new SnapshotSchedule(parts.clock, parts.snapshotBytes, () => this.#beginSnapshot());
    if (this.lastSequence > this.#currentSequence) this.#schedule.changed(this.#grown);
  }

  get lastSequence(): number {
    return this.#journal.lastSequence;
  }

  append(event: JournalEvent): EventStamp {
    this.#refuseWhenEnded();
    this.#guard.check(event);
    const stamp = this.#journal.append(event);
    this.#record(event);
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
    for (const event of events) this.#record(event);
    this.#projection.send(text);
    this.#schedule.changed(this.#grown);
    return stamp;
  }

  write(): void {
    this.#refuseWhenEnded();
    this.#seal();
    this.#journal.writeSealed();
    this.#schedule.changed(this.#grown);
  }

  async flush(): Promise<void> {
    this.write();
    await this.#flushJournal();
    if (!this.#journal.isInPlace) await this.#putBackFiles();
  }

  async keepInPlace(): Promise<void> {
    if (this.#failure || this.#closed) return;
    const hasSnapshot = this.#currentSequence === 0 || this.#files.exists(this.#paths.current);
    if (!hasSnapshot || !this.#journal.isWhole) await this.#putBackFiles();
  }

  async query<Name extends keyof StoreQueries>(
    name: Name,
    parameters: StoreQueries[Name]['parameters'],
  ): Promise<StoreQueries[Name]['result']> {
    this.#refuseWhenEnded();
    this.#seal();
    return await this.#projection.query(name, parameters);
  }

  /** The projection has ended, or a flush failed: nothing more is taken. What was journaled is found by the next start. */
  fail(error: StoreError): void {
    this.#failure = error;
    this.#schedule.stop();
  }

  /** Takes a snapshot at once. One that fails is only logged. */
  async snapshot(): Promise<void> {
    this.#beginSnapshot();
    await this.#snapshot;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #record(event: JournalEvent): void {
    this.#guard.record(event);
    if (event.type === 'batch.enqueued') this.#enqueued += event.count;
    else if ('groups' in event) this.#enqueued += countJobs(event.groups);
  }

  /** What a start would have to replay. A matrix of a million jobs is a short record, and seconds of work. */
  get #grown(): number {
    return this.#journal.grown + this.#enqueued * BYTES_OF_A_JOB;
  }

  /** What is sealed is part of the order of events for good, so the projection may have it before the disk has. */
  #seal(): void {
    const record = this.#journal.seal();
    if (record !== undefined) this.#projection.send(record);
  }

  /** A flush that failed is the end of this store; whoever owns it is told once. */
  async #flushJournal(): Promise<void> {
    try {
      await this.#journal.flush();
    } catch (error) {
      const { failure } = this.#journal;
      if (failure && !this.#failure && !this.#closed) {
        this.fail(failure);
        this.#onFailure(failure);
      }
      throw error;
    }
  }

  #beginSnapshot(): void {
    this.#schedule.begun();
    this.#snapshot ??= this.#takeSnapshot()
      .catch((error: unknown) => {
        this.#schedule.failed();
        const reason = error instanceof Error ? error.message : String(error);
        this.#log(`No snapshot was taken, the journal goes on: ${reason}`);
      })
      .finally(() => {
        this.#snapshot = undefined;
      });
  }

  /**
   * A new segment begins where the snapshot ends. The journal is flushed before the snapshot is published, so that the
   * journal is never behind it; segments go only when two snapshots cover them.
   */
  async #takeSnapshot(beginSegment?: () => Promise<void>): Promise<void> {
    this.#seal();
    this.#journal.writeSealed();
    if (beginSegment) await beginSegment();
    else this.#journal.rotate();
    this.#enqueued = 0;
    const [{ sequence, bytes }] = await both(this.#projection.writePartialSnapshot(), this.#flushJournal());
    await publishSnapshot(this.#files, this.#paths);
    // What another one has put in the place of the snapshot before is not to be relied on.
    if (beginSegment) this.#previousSequence = 0;
    else if (this.#currentSequence > 0) this.#previousSequence = this.#currentSequence;
    this.#currentSequence = sequence;
    this.#schedule.succeeded(bytes);
    await this.#journal.removeThrough(this.#previousSequence);
  }

  /**
   * A journal whose file was removed or replaced takes every write, and the next start finds none of them. All it held is in
   * the projection, so a snapshot brings it back. Resolves when that is on the disk; a disk that refuses is waited for.
   */
  #putBackFiles(): Promise<void> {
    this.#puttingBack ??= this.#tryToPutBack().finally(() => (this.#puttingBack = undefined));
    return this.#puttingBack;
  }

  async #tryToPutBack(): Promise<void> {
    const { folder } = this.#paths;
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (!this.#files.exists(dirname(folder))) throw this.#workspaceIsGone();
      await this.#snapshot;
      this.#snapshot = this.#takeSnapshot(() => this.#journal.beginAnew());
      const problem = await this.#snapshot.then(
        () => undefined,
        (error: Error) => error.message,
      );
      this.#snapshot = undefined;
      if (problem === undefined) break;
      this.#schedule.failed();
      this.#log(`Files of ${folder} were removed or replaced, and cannot be written anew yet: ${problem}`);
      await new Promise<void>((resolve) => this.#clock.after(PUT_BACK_RETRY, resolve));
    }
    await this.#files.flushFolder(dirname(folder));
    this.#log(
      `Files of ${folder} had been removed or replaced while they were in use; they were written anew.`,
    );
    this.#onPutBack();
  }

  /** It was moved, or removed with all that was in it: at its old place it must not come back. */
  #workspaceIsGone(): StoreError {
    const { folder } = this.#paths;
    const error = new StoreError(
      `The workspace ${dirname(folder)} was moved or removed while its crew worked.`,
      folder,
      'Start the crew again where the workspace is now.',
    );
    this.fail(error);
    this.#onFailure(error);
    return error;
  }

  async #close(): Promise<void> {
    this.#schedule.stop();
    try {
      if (this.#failure) return;
      this.#seal();
      this.#journal.writeSealed();
      await this.#journal.flush();
      await this.#snapshot;
      if (this.lastSequence > this.#currentSequence) this.#beginSnapshot();
      await this.#snapshot;
    } finally {
      await this.#projection.close();
      this.#journal.close();
    }
  }

  #refuseWhenEnded(): void {
    if (this.#failure) throw this.#failure;
    if (this.#closed)
      throw new StoreError('The store is closed.', this.#paths.folder, 'Start the crew again.');
  }
}

/** Waits for both to end, also when one fails, so that neither goes on behind the other's error. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
