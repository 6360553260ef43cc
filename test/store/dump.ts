/** All that a database holds, as data that can be compared. */
import { readFileSync } from 'node:fs';
import { DatabaseFile, type FrozenFile } from '../../src/store/database-file.ts';
import { loadSqlEngine } from '../../src/store/sql-engine.ts';
import { Database, type Row } from '../../src/store/database.ts';

export const engine = await loadSqlEngine();

const TABLES: Record<string, string> = {
  meta: 'id',
  pools: 'name',
  batches: 'id',
  jobs: 'id',
  attempts: 'job, attempt',
  workers: 'id',
  worker_transitions: 'sequence',
  archives: 'file',
  remembered: 'name',
  worker_notes: 'sequence',
  job_changes: 'number',
};

export type Dump = Record<string, Row[]>;

export function dump(database: Database): Dump {
  return Object.fromEntries(
    Object.entries(TABLES).map(([table, key]) => [
      table,
      database.rows(`SELECT * FROM ${table} ORDER BY ${key}`),
    ]),
  );
}

/** A copy of a database's file. */
export function fileOf(database: { freeze(): FrozenFile }): DatabaseFile {
  return DatabaseFile.from(bytesOf(database));
}

export function bytesOf(database: { freeze(): FrozenFile }): Uint8Array {
  const frozen = database.freeze();
  const bytes = Buffer.concat([...frozen.pieces()].map((piece) => Buffer.from(piece)));
  frozen.release();
  return bytes;
}

export function dumpBytes(bytes: Uint8Array): Dump {
  const database = new Database(engine, DatabaseFile.from(bytes));
  try {
    return dump(database);
  } finally {
    database.close();
  }
}

export function dumpFile(path: string): Dump {
  return dumpBytes(readFileSync(path));
}
