/** Opens the newest snapshot that can be trusted. Changes no file. */
import { basename } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { StoreError } from './store-error.ts';
import { Database } from './database.ts';
import type { FileSystem } from './file-system.ts';
import { Projection } from './projection.ts';
import { readSnapshot, type ReadSnapshot } from './read-snapshot.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.ts';
import type { SnapshotPaths } from './snapshot-files.ts';
import { upgradeSchema } from './upgrade-schema.ts';

export interface OpenedSnapshot {
  projection: Projection;
  origin: 'current' | 'previous' | 'none';
  /** Size of the file it was read from; 0 when there was none. */
  bytes: number;
  /** Why the current snapshot was not used, though there should be one. */
  problem?: string;
}

export function openSnapshot(engine: SqlJsStatic, files: FileSystem, paths: SnapshotPaths): OpenedSnapshot {
  const current = tryOpen(engine, files, paths.current);
  if ('projection' in current) return { ...current, origin: 'current' };
  const previous = tryOpen(engine, files, paths.previous);
  const problem = current.problem;
  if ('projection' in previous) {
    return { ...previous, origin: 'previous', problem: problem ?? `${basename(paths.current)} is missing` };
  }
  const problems = [problem, previous.problem].filter((text) => text !== undefined);
  return {
    projection: Projection.empty(engine),
    origin: 'none',
    bytes: 0,
    ...(problems.length > 0 ? { problem: problems.join('; ') } : {}),
  };
}

/** `problem` is undefined when there is no such file. */
function tryOpen(
  engine: SqlJsStatic,
  files: FileSystem,
  path: string,
): { projection: Projection; bytes: number } | { problem: string | undefined } {
  const snapshot = readIfThere(files, path);
  if (!snapshot) return { problem: undefined };
  let database: Database | undefined;
  try {
    if (snapshot.verdict === 'damaged') throw new Error('its checksum is wrong');
    database = new Database(engine, snapshot.file);
    const version = database.number('PRAGMA user_version');
    if (database.number('PRAGMA application_id') !== APPLICATION_ID) {
      throw new Error('it is not a database of Nightcrew');
    }
    if (version > SCHEMA_VERSION) throw newerVersion(path, version);
    if (snapshot.verdict === 'unknown') check(database);
    upgradeSchema(database, version);
    return { projection: new Projection(database), bytes: snapshot.bytes };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    closeQuietly(database);
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: `${basename(path)} cannot be used: ${reason}` };
  }
}

/** Finds broken pages, but no changed letter; takes about a second for a million jobs. */
function check(database: Database): void {
  const [verdict] = database.rows('PRAGMA quick_check(1)');
  if (verdict?.['quick_check'] !== 'ok') throw new Error(String(verdict?.['quick_check']));
}

function readIfThere(files: FileSystem, path: string): ReadSnapshot | undefined {
  try {
    return readSnapshot(files, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new StoreError(
      `The database cannot be read: ${(error as Error).message}`,
      path,
      'Make the file readable for your user, then start the crew again.',
      { cause: error },
    );
  }
}

function newerVersion(path: string, version: number): StoreError {
  return new StoreError(
    `The database has version ${version}; this Nightcrew reads version ${SCHEMA_VERSION}.`,
    path,
    'Nothing was changed. Update Nightcrew to the version that was used last in this workspace.',
  );
}

/** A damaged database may refuse even to be closed; its memory is then lost until this thread ends. */
function closeQuietly(database: Database | undefined): void {
  try {
    database?.close();
  } catch {
    // Nothing to do: the database is not used again.
  }
}
