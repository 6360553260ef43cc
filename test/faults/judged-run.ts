/** What a run leaves behind, made by hand: two jobs, one of which was begun again because its worker was killed. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';

type Line = Record<string, unknown>;

const START = 1_763_780_000_000;
const worker = { worker: 'py-1', launch: 1 };
const parameters = JSON.stringify({ kind: 'quick', ticket: 't1' });

export class JudgedRun implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'nightcrew-judged-'));
  /** One record each; the time of number n is n seconds after the start. */
  events: Line[] = [
    { type: 'worker.added', worker: 'py-1', pool: 'py' },
    { type: 'worker.launched', ...worker },
    { type: 'worker.transitioned', ...worker, from: null, to: 'STARTING' },
    { type: 'worker.transitioned', ...worker, from: 'STARTING', to: 'RUNNING' },
    { type: 'batch.enqueued', batch: 1, firstJob: 1, count: 2, pool: 'py' },
    { type: 'job.claimed', job: 1, attempt: 1, ...worker },
    finished(1, 1, 7, 'done'),
    { type: 'job.claimed', job: 2, attempt: 1, ...worker },
    { type: 'job.checkpointed', job: 2, attempt: 1, checkpoint: 3 },
    finished(2, 1, 16, 'crashed'),
    { type: 'worker.transitioned', ...worker, from: 'RUNNING', to: 'FAILED' },
    { type: 'worker.launched', ...worker, launch: 2 },
    { type: 'worker.transitioned', ...worker, launch: 2, from: 'FAILED', to: 'STARTING' },
    { type: 'job.claimed', job: 2, attempt: 2, ...worker, launch: 2 },
    finished(2, 2, 30, 'done'),
    { type: 'worker.transitioned', ...worker, launch: 2, from: 'STARTING', to: 'DEAD' },
  ];
  ledger = [
    `begin 1 1 101 101 ${at(6)} null`,
    `end 1 1 101 101 ${at(7)}`,
    `begin 2 1 101 101 ${at(8)} null`,
    `saved 2 1 101 101 ${at(9)} 3`,
    `begin 2 2 102 102 ${at(29)} 3`,
    `end 2 2 102 102 ${at(30)}`,
  ];
  acknowledged: Line[] = [{ ticket: 't1', pool: 'py', kind: 'quick', firstJob: 1, count: 2, batch: 1 }];
  trace: Line[] = [kill(15, 'worker', 'py-1')];
  /** Rows of the database, by table. */
  tables: Record<string, Line[]> = {
    meta: [{ last_sequence: 16 }],
    batches: [{ id: 1, pending: 0, running: 0, done: 2, failed: 0, cancelled: 0 }],
    jobs: [
      { id: 1, batch: 1, pool: 'py', state: 'done', attempts: 1, parameters, result: result(1, 101) },
      { id: 2, batch: 1, pool: 'py', state: 'done', attempts: 2, parameters, result: result(2, 102) },
    ],
    attempts: [
      { job: 1, attempt: 1, outcome: 'done' },
      { job: 2, attempt: 1, outcome: 'crashed' },
      { job: 2, attempt: 2, outcome: 'done' },
    ],
    workers: [{ id: 'py-1', state: 'DEAD', launch: 2 }],
  };

  get state(): string {
    return join(this.folder, 'disk', 'w', '.nightcrew');
  }

  get segment(): string {
    return join(this.state, 'journal', `${'1'.padStart(16, '0')}.log`);
  }

  get marker(): string {
    return basename(this.folder);
  }

  write(): void {
    for (const name of ['disk/w/.nightcrew/journal', 'disk/archive', 'r', 'tmp']) {
      mkdirSync(join(this.folder, name), { recursive: true });
    }
    const records = this.events.map((event, index) => record(index + 1, event));
    writeFileSync(this.segment, `nightcrew-journal 1.0\n${records.join('')}`);
    writeFileSync(join(this.folder, 'ledger'), this.ledger.map((line) => `${line}\n`).join(''));
    writeFileSync(join(this.folder, 'acknowledged.jsonl'), lines(this.acknowledged));
    writeFileSync(join(this.folder, 'trace.jsonl'), lines(this.trace));
    this.#writeDatabase();
  }

  /** By the program, as the long test calls it. */
  async violations(): Promise<string[]> {
    const program = join(import.meta.dirname, 'checker', 'check.py');
    const words = [program, this.folder, `CHAOS_RUN=${this.marker}`];
    const { stdout } = await promisify(execFile)('python3', words);
    return (JSON.parse(stdout) as { violations: string[] }).violations;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #writeDatabase(): void {
    const database = new DatabaseSync(join(this.state, 'nightcrew.db'));
    database.exec('PRAGMA synchronous = OFF; BEGIN');
    for (const [table, rows] of Object.entries(this.tables)) {
      const columns = Object.entries(rows[0]!).map(([name, value]) => `${name} ${columnType(value)}`);
      database.exec(`CREATE TABLE ${table} (${columns.join(', ')})`);
      const insert = database.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`);
      for (const row of rows) insert.run(...(Object.values(row) as (string | number | null)[]));
    }
    database.exec('COMMIT');
    database.close();
  }
}

/** Milliseconds of the moment `second`. */
export function at(second: number): number {
  return START + second * 1000;
}

export function record(sequence: number, event: Line): string {
  const json = JSON.stringify({ s: sequence, n: 1, f: sequence - 1, t: at(sequence), e: [event] });
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

export function kill(second: number, role: string, ...workers: string[]): Line {
  return { at: at(second), what: 'kill', fault: second, pids: [101], roles: [role], workers };
}

export function finished(job: number, attempt: number, second: number, outcome: string): Line {
  const next = outcome === 'crashed' ? 'pending' : outcome;
  const pid = 100 + attempt;
  const told = outcome === 'done' ? { result: JSON.parse(result(attempt, pid)) as unknown } : {};
  return { type: 'job.finished', job, attempt, outcome, next, finishedAt: at(second), ...told };
}

function result(attempt: number, pid: number): string {
  return JSON.stringify({ ticket: 't1', n: 0, attempt, pid });
}

function columnType(value: unknown): string {
  return typeof value === 'number' ? 'INTEGER' : 'TEXT';
}

function lines(entries: readonly Line[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
