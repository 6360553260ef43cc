/**
 * The projection thread's work: holds the database, applies what the main thread has journaled, answers its questions and
 * writes snapshots, so that none of this ever stops the scheduling loop. An error that is not foreseen is thrown to the thread,
 * which ends with it and with the store: a projection that may be wrong answers nothing more.
 */
import type { SqlJsStatic } from 'sql.js';
import type { Clock } from '../core/clock.ts';
import { StoreError } from './store-error.ts';
import type { FileSystem } from './file-system.ts';
import { openSnapshot } from './open-snapshot.ts';
import type { JournalRecord, Projection } from './projection.ts';
import type { FromProjection, ToProjection } from './projection-messages.ts';
import { answer } from './queries/answer.ts';
import { defineSearch } from './queries/job-scan.ts';
import { Replay } from './replay.ts';
import { snapshotPaths, type SnapshotPaths } from './snapshot-files.ts';
import { writeSnapshotFile } from './write-snapshot.ts';

/** What the service needs of a message port. */
export interface ProjectionPort {
  postMessage(message: FromProjection): void;
  on(event: 'message', listener: (message: ToProjection) => void): unknown;
  close(): void;
}

export interface ServiceParts {
  port: ProjectionPort;
  engine: SqlJsStatic;
  /** The state folder, in which the snapshots are. */
  folder: string;
  files: FileSystem;
  clock: Clock;
}

/** Opens the newest sound snapshot and serves the port until it is told to close. */
export function serveProjection(parts: ServiceParts): void {
  const { port, engine, folder, files } = parts;
  try {
    const { projection, ...snapshot } = openSnapshot(engine, files, snapshotPaths(folder));
    const service = new ProjectionService(parts, projection);
    port.on('message', (message) => service.handle(message));
    port.postMessage({ type: 'opened', snapshot: { ...snapshot, sequence: projection.lastSequence } });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { message, file, nextStep } = error;
    port.postMessage({ type: 'refused', error: { message, file, nextStep } });
    port.close();
  }
}

/**
 * One transaction for all that comes within this time: each commit copies every changed page. Nothing depends on it for
 * durability, and queries see what is not committed.
 */
const COMMIT_INTERVAL_MILLISECONDS = 100;

class ProjectionService {
  readonly #port: ProjectionPort;
  readonly #files: FileSystem;
  readonly #clock: Clock;
  readonly #paths: SnapshotPaths;
  readonly #projection: Projection;
  readonly #replay: Replay;
  #cancelCommit: (() => void) | undefined;

  constructor({ port, folder, files, clock }: ServiceParts, projection: Projection) {
    this.#port = port;
    this.#files = files;
    this.#clock = clock;
    this.#paths = snapshotPaths(folder);
    this.#projection = projection;
    this.#replay = new Replay(projection);
    defineSearch(projection.database);
  }

  handle(message: ToProjection): void {
    switch (message.type) {
      case 'apply':
        this.#projection.apply(JSON.parse(`[${message.records}]`) as JournalRecord[]);
        if (message.mark !== undefined) this.#port.postMessage({ type: 'applied', mark: message.mark });
        return this.#commitSoon();
      case 'replay':
        return this.#replay.take(JSON.parse(`[${message.records}]`) as JournalRecord[]);
      case 'replayed':
        return this.#port.postMessage({
          type: 'replayReport',
          report: this.#replay.finish(message.moreLost),
        });
      case 'query':
        return this.#reply(message);
      case 'snapshot':
        return void this.#writePartial();
      case 'close':
        this.#cancelCommit?.();
        this.#projection.database.close();
        this.#port.close();
        return;
    }
  }

  #reply({ id, name, parameters }: ToProjection & { type: 'query' }): void {
    // Outside the `try`: events that cannot be written end the thread.
    this.#projection.settle();
    try {
      const json = JSON.stringify(answer(this.#projection, name, parameters as never));
      this.#port.postMessage({ type: 'answer', id, json });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#port.postMessage({ type: 'unanswered', id, message });
    }
  }

  /** The database is frozen at once; its bytes go to the disk while events are applied and questions answered. */
  async #writePartial(): Promise<void> {
    // Outside the `try`: events that cannot be written end the thread.
    const database = this.#projection.freeze();
    const sequence = this.#projection.lastSequence;
    try {
      await writeSnapshotFile(this.#files, this.#paths.partial, database);
      this.#port.postMessage({ type: 'snapshotWritten', sequence, bytes: database.size });
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      this.#port.postMessage({
        type: 'snapshotFailed',
        message,
        ...(code === undefined ? {} : { code }),
      });
    } finally {
      database.release();
    }
  }

  #commitSoon(): void {
    this.#cancelCommit ??= this.#clock.after(COMMIT_INTERVAL_MILLISECONDS, () => {
      this.#cancelCommit = undefined;
      this.#projection.commit();
    });
  }
}
