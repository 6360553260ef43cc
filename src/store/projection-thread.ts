/**
 * Entry of the projection thread: holds the database, applies what the main thread has journaled, answers its questions and
 * writes snapshots, so that none of this ever stops the scheduling loop. An error that is not foreseen ends the thread, which
 * ends the store: a projection that may be wrong answers nothing more.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { StoreError } from './contract.ts';
import { openSnapshot } from './open-snapshot.ts';
import type { JournalRecord, Projection } from './projection.ts';
import type { FromProjection, ProjectionThreadData, ToProjection } from './projection-messages.ts';
import { answer } from './queries/answer.ts';
import { defineSearch } from './queries/job-scan.ts';
import { snapshotPaths } from './snapshot-files.ts';
import { loadSqlEngine } from './sql-engine.ts';

const port = parentPort!;
const paths = snapshotPaths((workerData as ProjectionThreadData).folder);

function tell(message: FromProjection): void {
  port.postMessage(message);
}

async function main(): Promise<void> {
  const engine = await loadSqlEngine();
  const { projection, ...snapshot } = openSnapshot(engine, paths);
  defineSearch(projection.database);
  port.on('message', (message: ToProjection) => handle(projection, message));
  tell({ type: 'opened', snapshot: { ...snapshot, sequence: projection.lastSequence } });
}

function handle(projection: Projection, message: ToProjection): void {
  switch (message.type) {
    case 'apply':
      projection.apply(JSON.parse(`[${message.records}]`) as JournalRecord[]);
      commitSoon(projection);
      return;
    case 'query':
      return reply(projection, message);
    case 'snapshot':
      return void writePartial(projection);
    case 'close':
      port.close();
      return;
  }
}

function reply(projection: Projection, { id, name, parameters }: ToProjection & { type: 'query' }): void {
  // Outside the `try`: events that cannot be written end the thread.
  projection.settle();
  try {
    tell({ type: 'answer', id, json: JSON.stringify(answer(projection, name, parameters as never)) });
  } catch (error) {
    tell({ type: 'unanswered', id, message: error instanceof Error ? error.message : String(error) });
  }
}

/** The database is taken at once; its bytes go to the disk while events are applied. */
async function writePartial(projection: Projection): Promise<void> {
  let file: FileHandle | undefined;
  try {
    const content = projection.export();
    const sequence = projection.lastSequence;
    file = await open(paths.partial, 'w', 0o600);
    await writeInSlices(file, content);
    await file.close();
    tell({ type: 'snapshotWritten', sequence, bytes: content.length });
  } catch (error) {
    await file?.close().catch(() => undefined);
    const { message, code } = error as NodeJS.ErrnoException;
    tell({ type: 'snapshotFailed', message, ...(code === undefined ? {} : { code }) });
  }
}

/**
 * Each slice is brought to the disk before the next is written: a file system asked to flush the journal while it holds
 * hundreds of megabytes of something else may well flush those first, and everybody who waits for the journal with them.
 */
const SLICE_BYTES = 4 * 1024 * 1024;

async function writeInSlices(file: FileHandle, content: Uint8Array): Promise<void> {
  for (let position = 0; position < content.length;) {
    const length = Math.min(SLICE_BYTES, content.length - position);
    const { bytesWritten } = await file.write(content, position, length, position);
    await file.datasync();
    position += bytesWritten;
  }
}

let commitTimer: NodeJS.Timeout | undefined;

/**
 * One transaction for all that comes within this time: each commit copies every changed page. Nothing depends on it for
 * durability, and queries see what is not committed.
 */
const COMMIT_INTERVAL_MILLISECONDS = 100;

function commitSoon(projection: Projection): void {
  commitTimer ??= setTimeout(() => {
    commitTimer = undefined;
    projection.commit();
  }, COMMIT_INTERVAL_MILLISECONDS).unref();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  tell({
    type: 'refused',
    error: { message: error.message, file: error.file, nextStep: error.nextStep },
  });
}
