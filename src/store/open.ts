/**
 * Opens the store of a state folder: newest sound snapshot, then the journal behind it. Files are changed only after
 * everything has been read and judged, so a folder that is refused is left as it was.
 */
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import type { DamageReport, Store } from './contract.ts';
import { StoreError } from './store-error.ts';
import { diskError } from './disk-error.ts';
import { EventGuard } from './event-guard.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';
import { JournaledStore } from './journaled-store.ts';
import { ProjectionClient, type ProjectionHost } from './projection-client.ts';
import type { ProjectionThreadData } from './projection-messages.ts';
import { putRight } from './put-right.ts';
import { readBack } from './read-back.ts';
import { resumeJournal } from './resume-journal.ts';
import { snapshotPaths } from './snapshot-files.ts';

export interface OpenOptions {
  /** The state folder; made when it is not there. */
  folder: string;
  clock: Clock;
  /** The entry of the projection thread: `projection-thread.ts`, or its bundle. */
  threadFile: URL;
  /** What a person who looks for a problem should know. */
  log?: (message: string) => void;
  /**
   * The store has ended: its thread did, or the disk could not be brought to hold what was written. Every later call fails
   * with the same error.
   */
  onFailure?: (error: StoreError) => void;
  /** Files had been removed or replaced while they were in use, and were written anew. */
  onPutBack?: () => void;
  /** For tests: stands between the store and the disk. The projection thread has its own way there. */
  files?: FileSystem;
  /** For tests: runs the projection elsewhere than in a thread, so that it can share `files`. */
  startProjection?: () => ProjectionHost;
}

/** Throws a StoreError when the files are damaged, of a newer version, or not to be read or written. */
export async function openStore(options: OpenOptions): Promise<Store> {
  try {
    return await openFolder(options);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw diskError('The state folder cannot be used', options.folder, error);
  }
}

async function openFolder(options: OpenOptions): Promise<Store> {
  const { folder, clock, files = diskFileSystem, log = () => undefined } = options;
  const journalFolder = join(folder, 'journal');
  const paths = snapshotPaths(folder);
  let store: JournaledStore | undefined;
  const host = options.startProjection?.() ?? startThread(options.threadFile, folder);
  // Until there is one, whoever opens the store is told by `openStore` itself.
  const projection = new ProjectionClient(host, folder, clock, (error) => store?.fail(error));
  try {
    const snapshot = await projection.opened;
    const found = await readBack(files, journalFolder, paths, snapshot, projection);
    const { scanned, replayed } = found;
    const guard = new EventGuard(await projection.query('guard', {}));
    await makeFolders(files, folder, journalFolder);
    const damage = await putRight(files, paths, clock.now(), snapshot, found);
    tell(log, snapshot.problem, scanned.tornBytes, damage);
    const isCurrent = snapshot.origin === 'current';
    store = new JournaledStore({
      files,
      paths,
      clock,
      log,
      journal: await resumeJournal(files, journalFolder, clock, scanned),
      guard,
      projection,
      recovery: {
        tornBytes: scanned.tornBytes,
        snapshotProblem: snapshot.problem,
        replayed,
        ...(damage ? { damage } : {}),
      },
      currentSequence: isCurrent ? snapshot.sequence : 0,
      previousSequence: isCurrent ? 0 : snapshot.sequence,
      snapshotBytes: snapshot.bytes,
      onFailure: (error) => options.onFailure?.(error),
      onPutBack: () => options.onPutBack?.(),
    });
    // So that no later start depends on what is damaged.
    if (damage) await store.snapshot();
    return store;
  } catch (error) {
    await projection.close();
    throw error;
  }
}

function startThread(threadFile: URL, folder: string): ProjectionHost {
  const workerData: ProjectionThreadData = { folder };
  return new Worker(threadFile, { workerData, name: 'nightcrew projection' });
}

function tell(
  log: (message: string) => void,
  snapshotProblem: string | undefined,
  tornBytes: number,
  damage: DamageReport | undefined,
): void {
  if (snapshotProblem !== undefined) log(snapshotProblem);
  if (tornBytes > 0) log(`Cut ${tornBytes} bytes of unfinished records from the journal.`);
  if (!damage) return;
  for (const problem of damage.problems) log(problem);
  const { lost, salvaged, skipped, mended, keptIn } = damage;
  log(
    `Damage: ${lost} events are lost, ${salvaged} behind them were read, ${skipped} did not fit and were left out, ${mended} were made to fit. Kept for inspection: ${keptIn}`,
  );
}

/** What is acknowledged must not vanish with the names of new folders. */
async function makeFolders(files: FileSystem, folder: string, journalFolder: string): Promise<void> {
  if (files.exists(journalFolder)) return;
  files.makeFolder(journalFolder);
  await files.flushFolder(folder);
  await files.flushFolder(dirname(folder));
}
