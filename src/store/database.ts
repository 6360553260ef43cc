/**
 * A sql.js database with the few ways we use it: statements are prepared once and kept (sql.js 1.16 keeps them alive over an
 * export; earlier versions did not), rows come as objects without their NULL columns.
 */
import type { Database as SqlJsDatabase, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { DatabaseFile, type FrozenFile } from './database-file.ts';

export type Value = SqlValue;
export type Row = Record<string, Value>;

interface Prepared {
  statement: Statement;
  columns: string[];
}

/** Bytes of the page cache, as SQLite wants it (negative: KiB). Beyond it, pages go to sql.js's memory file system. */
const CACHE = -64 * 1024;

export class Database {
  readonly #database: SqlJsDatabase;
  readonly #file: DatabaseFile;
  readonly #prepared = new Map<string, Prepared>();

  /** Opens a database file, which is its own from now on, or an empty database. */
  constructor(engine: SqlJsStatic, file: DatabaseFile = emptyFile(engine)) {
    this.#file = file;
    this.#database = new engine.Database(file.content);
    // Nothing here is a file that another process sees, so no lock and no sync is ever useful.
    this.script(`
      PRAGMA journal_mode = MEMORY;
      PRAGMA synchronous = OFF;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = ${CACHE};
      PRAGMA foreign_keys = ON;
    `);
  }

  /** Runs statements without parameters, several if need be. */
  script(sql: string): void {
    this.#database.run(sql);
  }

  run(sql: string, values: Value[]): void {
    this.#prepare(sql).statement.run(values);
  }

  /** Runs a statement and returns how many rows it changed. */
  change(sql: string, values: Value[]): number {
    this.#prepare(sql).statement.run(values);
    return this.#database.getRowsModified();
  }

  rows(sql: string, values: Value[] = []): Row[] {
    const rows: Row[] = [];
    this.visit(sql, values, (row) => rows.push(row) > 0);
    return rows;
  }

  /** Reads row for row, for as long as `visitor` wants another. */
  visit(sql: string, values: Value[], visitor: (row: Row) => boolean): void {
    const { statement, columns } = this.#prepare(sql);
    statement.bind(values);
    try {
      while (statement.step() && visitor(toRow(columns, statement.get())));
    } finally {
      statement.reset();
    }
  }

  row(sql: string, values: Value[] = []): Row | undefined {
    return this.rows(sql, values)[0];
  }

  /** All rows' first column, which must hold numbers. */
  numbers(sql: string, values: Value[] = []): number[] {
    const { statement } = this.#prepare(sql);
    const numbers: number[] = [];
    statement.bind(values);
    try {
      while (statement.step()) numbers.push(statement.get()[0] as number);
    } finally {
      statement.reset();
    }
    return numbers;
  }

  number(sql: string, values: Value[] = []): number {
    const [first] = this.numbers(sql, values);
    if (first === undefined) throw new Error(`No row: ${sql}`);
    return first;
  }

  /** The whole database as a file, as of now. No transaction may be open. */
  freeze(): FrozenFile {
    // SQLite refuses to begin a transaction within another, whose changes would be in the file only in part.
    this.script('BEGIN; COMMIT');
    return this.#file.freeze();
  }

  /** Makes a JavaScript function callable in SQL. */
  define(name: string, implementation: (...values: Value[]) => Value): void {
    this.#database.create_function(name, implementation);
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#prepared.get(sql);
    if (!prepared) {
      const statement = this.#database.prepare(sql);
      prepared = { statement, columns: statement.getColumnNames() };
      this.#prepared.set(sql, prepared);
    }
    return prepared;
  }
}

/** sql.js takes over a file only if it holds something: the header of a database without tables. */
function emptyFile(engine: SqlJsStatic): DatabaseFile {
  const seed = new engine.Database();
  seed.run('PRAGMA user_version = 1; PRAGMA user_version = 0');
  const bytes = seed.export();
  seed.close();
  return DatabaseFile.from(bytes);
}

function toRow(columns: string[], values: Value[]): Row {
  const row: Row = {};
  for (const [index, value] of values.entries()) if (value !== null) row[columns[index]!] = value;
  return row;
}
