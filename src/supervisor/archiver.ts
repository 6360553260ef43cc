/**
 * Moves ended jobs that are too many or too old from the database into files: `.nightcrew/archives/jobs-<time>.jsonl.gz`, one
 * JSON object a line. A job leaves the database only when its line is on the disk; it goes in slices, so that nobody waits.
 * A supervisor that is killed in between leaves a file that is not finished, which the next start removes, or one whose jobs
 * are archived once more, or jobs that are removed later.
 */
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock } from '../core/clock.ts';
import type { BatchId, JobId } from '../core/job.ts';
import { dueForArchive, type EndedBatch, type RetentionSettings } from '../core/retention.ts';
import type { Store, StoreQueries } from '../store/contract.ts';
import type { Log } from './log.ts';
import type { Queue } from './queue.ts';

/** Milliseconds. */
const LOOK_INTERVAL = 10 * 60_000;
/** After a disk that refused. */
const RETRY_INTERVAL = 60 * 60_000;
/** Jobs that are read at once: the projection answers others in between. */
const PAGE = 200;
/** Jobs that are removed at once (measured: 10 µs each with one attempt), and the pause for everybody else; milliseconds. */
const SLICE = 1_000;
const PAUSE = 50;
const PARTIAL = '.partial';

interface Parts {
  store: Store;
  queue: Queue;
  clock: Clock;
  log: Log;
  folder: string;
  /** Undefined while it cannot be known: then all is kept. */
  retention: () => RetentionSettings | undefined;
  /** Tells people. */
  warn: (message: string) => void;
}

export class Archiver {
  readonly #parts: Parts;
  #nextLook: number;
  #working: Promise<void> | undefined;
  #cancelPause: (() => void) | undefined;
  #endPause: (() => void) | undefined;
  #stopped = false;
  #hasWarned = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    // Not in the first moments of a start, when everybody waits for something else.
    this.#nextLook = parts.clock.monotonic() + LOOK_INTERVAL / 10;
  }

  /** Called every second. */
  tick(): void {
    const now = this.#parts.clock.monotonic();
    if (this.#working || this.#stopped || now < this.#nextLook) return;
    this.#nextLook = now + LOOK_INTERVAL;
    void this.run();
  }

  /** Archives what is due now and removes what is archived. One round at a time. */
  run(): Promise<void> {
    this.#working ??= this.#round()
      .catch((error: unknown) => this.#failed(error as Error))
      .finally(() => (this.#working = undefined));
    return this.#working;
  }

  /** What is under way is left where it is; the next start goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelPause?.();
    this.#endPause?.();
    await this.#working;
  }

  async #round(): Promise<void> {
    await this.#removeArchived();
    const due = this.#due();
    if (due.length === 0 || this.#stopped) return;
    const file = await this.#write(due);
    if (this.#stopped) return;
    const archived = await this.#record(due, file);
    this.#parts.log.info(`${archived} ended jobs were archived in ${join(this.#parts.folder, file)}.`);
    this.#hasWarned = false;
    await this.#removeArchived();
  }

  #due(): EndedBatch[] {
    const { queue, retention, clock } = this.#parts;
    const kept = retention();
    if (!kept) return [];
    const ended: EndedBatch[] = [];
    for (const { id, count, finishedAt, archived } of queue.batches)
      if (finishedAt !== undefined && archived === undefined) ended.push({ id, count, finishedAt });
    return dueForArchive(ended, kept, clock.now());
  }

  async #write(due: readonly EndedBatch[]): Promise<string> {
    const { folder, clock } = this.#parts;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = freeName(folder, new Date(clock.now()).toISOString().replaceAll(':', '-').slice(0, 19));
    const partial = join(folder, `${file}${PARTIAL}`);
    try {
      await pipeline(
        this.#lines(due),
        createGzip(),
        createWriteStream(partial, { flags: 'wx', mode: 0o600 }),
      );
      await flush(partial);
      await rename(partial, join(folder, file));
      await flush(folder);
      return file;
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }

  async *#lines(due: readonly EndedBatch[]): AsyncGenerator<string> {
    for (const { id } of due) {
      for (let after = 0; ;) {
        if (this.#stopped) throw new Error('the supervisor ends');
        const jobs = await this.#parts.store.query('wholeJobs', { batch: id, after, limit: PAGE });
        if (jobs.length > 0) yield jobs.map((job) => `${JSON.stringify(job)}\n`).join('');
        if (jobs.length < PAGE) break;
        after = jobs.at(-1)!.id;
      }
    }
  }

  /** Those that nobody has put back into the queue while they were written. */
  async #record(due: readonly EndedBatch[], file: string): Promise<number> {
    const { store, queue } = this.#parts;
    let archived = 0;
    for (const { id, finishedAt, count } of due) {
      const row = queue.batch(id);
      if (row?.finishedAt !== finishedAt || row.archived !== undefined) continue;
      queue.archive(id, file);
      archived += count;
    }
    await store.flush();
    return archived;
  }

  async #removeArchived(): Promise<void> {
    const { store } = this.#parts;
    const left: StoreQueries['toRemove']['result'] = await store.query('toRemove', {});
    while (left.length > 0 && !this.#stopped) {
      let room = SLICE;
      while (room > 0 && left.length > 0) {
        const next = left[0]!;
        const through = Math.min(next.firstJob + room - 1, next.lastJob);
        store.append(removed(next.batch, through));
        room -= through - next.firstJob + 1;
        if (through === next.lastJob) left.shift();
        else next.firstJob = through + 1;
      }
      store.write();
      if (left.length > 0) await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#endPause = resolve;
      this.#cancelPause = this.#parts.clock.after(PAUSE, resolve);
    });
  }

  #failed({ message }: Error): void {
    if (this.#stopped) return;
    const { clock, log, folder, warn } = this.#parts;
    this.#nextLook = clock.monotonic() + RETRY_INTERVAL;
    log.warn(`Ended jobs cannot be archived in ${folder}: ${message}`);
    if (!this.#hasWarned)
      warn(`Ended jobs cannot be archived in ${folder} (${message}); they stay in the database.`);
    this.#hasWarned = true;
  }
}

function removed(batch: BatchId, through: JobId): { type: 'jobs.removed'; batch: BatchId; through: JobId } {
  return { type: 'jobs.removed', batch, through };
}

function freeName(folder: string, time: string): string {
  for (let number = 1; ; number++) {
    const name = `jobs-${time}${number === 1 ? '' : `-${number}`}.jsonl.gz`;
    if (!existsSync(join(folder, name))) return name;
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    // A folder cannot be opened on Windows.
    if (error.code === 'EISDIR' || error.code === 'EPERM') return undefined;
    throw error;
  });
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** What an earlier supervisor was writing when it was killed. */
export function removeUnfinishedArchives(folder: string, log: Log): void {
  try {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) if (name.endsWith(PARTIAL)) rmSync(join(folder, name));
  } catch (error) {
    log.warn(`An archive that was not finished cannot be removed: ${(error as Error).message}`);
  }
}
