/**
 * Files of the store that were removed or replaced while it has them open. A journal without its name takes every write, and the next
 * start finds none of them. All it held is in the projection, so a snapshot brings it back.
 */
import { dirname } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { FileSystem } from './file-system.ts';
import type { Journal } from './journal.ts';
import type { SnapshotPaths } from './snapshot-files.ts';
import type { Snapshots } from './snapshots.ts';
import { StoreError } from './store-error.ts';

interface Parts {
  files: FileSystem;
  paths: SnapshotPaths;
  clock: Clock;
  log: (message: string) => void;
  journal: Pick<Journal, 'beginAnew'>;
  snapshots: Pick<Snapshots, 'takeWith'>;
  /** Why the store takes nothing more, if it has ended. */
  failure: () => StoreError | undefined;
  /** Ends the store. */
  fail: (error: StoreError) => void;
  /** Files were written anew. */
  onPutBack: () => void;
}

/** Between two tries; milliseconds. */
const RETRY = 500;

export class PutBack {
  readonly #parts: Parts;
  #underWay: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves when all is on the disk again; a disk that refuses is waited for. */
  run(): Promise<void> {
    this.#underWay ??= this.#run().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #run(): Promise<void> {
    const { files, paths, clock, log, journal, snapshots, failure, onPutBack } = this.#parts;
    const { folder } = paths;
    for (;;) {
      const error = failure();
      if (error) throw error;
      if (!files.exists(dirname(folder))) throw this.#workspaceIsGone();
      const problem = await snapshots
        .takeWith(() => journal.beginAnew())
        .then(
          () => undefined,
          (error: Error) => error.message,
        );
      if (problem === undefined) break;
      log(`Files of ${folder} were removed or replaced, and cannot be written anew yet: ${problem}`);
      await new Promise<void>((resolve) => clock.after(RETRY, resolve));
    }
    await files.flushFolder(dirname(folder));
    log(`Files of ${folder} had been removed or replaced while they were in use; they were written anew.`);
    onPutBack();
  }

  /** It was moved, or removed with all that was in it: at its old place it must not come back. */
  #workspaceIsGone(): StoreError {
    const { folder } = this.#parts.paths;
    const error = new StoreError(
      `The workspace ${dirname(folder)} was moved or removed while its crew worked.`,
      folder,
      'Start the crew again where the workspace is now.',
    );
    this.#parts.fail(error);
    return error;
  }
}
