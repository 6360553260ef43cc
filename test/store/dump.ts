/** All that a database holds, as data that can be compared. */
import { readFileSync } from 'node:fs';
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

export function dumpBytes(bytes: Uint8Array): Dump {
  const database = new Database(engine, bytes);
  try {
    return dump(database);
  } finally {
    database.close();
  }
}

export function dumpFile(path: string): Dump {
  return dumpBytes(readFileSync(path));
}
