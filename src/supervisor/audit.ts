/**
 * `.nightcrew/audit.jsonl`: one JSON line for each thing that a person, or a program in a person's name, did to the crew, from
 * whatever face. It never keeps anything from being done; when it cannot be written, that is said once.
 */
import { appendFile, chmod, rename, rm, stat } from 'node:fs/promises';
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from './log.ts';

/** Bytes of one file, and how many older ones are kept: about a hundred thousand operations. */
const LARGEST_FILE = 5e6;
const OLDER_FILES = 4;

export interface AuditEntry {
  /** Who asked: the name that the client gave itself. */
  face: string;
  operation: string;
  /** What it was asked to be done to. */
  parameters: Record<string, unknown>;
  force?: boolean;
  outcome: unknown;
}

interface Parts {
  file: string;
  clock: Clock;
  log: Log;
  tell: (notice: Notice) => void;
  /** Bytes; smaller in a test. */
  largestFile?: number;
}

export class Audit {
  readonly #parts: Parts;
  #lines: string[] = [];
  #writing: Promise<void> | undefined;
  #lost = 0;
  #isPrivate = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Writes it down, in order; resolves when it is with the operating system, or cannot be written. */
  record(entry: AuditEntry): Promise<void> {
    this.#lines.push(this.#line({ ...entry }));
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  /** Resolves when all that was recorded is written, or could not be. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #line(entry: object): string {
    return `${JSON.stringify({ time: new Date(this.#parts.clock.now()).toISOString(), ...entry })}\n`;
  }

  async #writeAll(): Promise<void> {
    // What is recorded in one turn of the event loop is one write.
    await Promise.resolve();
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      this.#lines = [];
      await this.#write(lines);
    }
    this.#writing = undefined;
  }

  async #write(lines: readonly string[]): Promise<void> {
    const gap = this.#lost > 0 ? this.#line({ operation: 'audit', lost: this.#lost }) : '';
    try {
      await this.#rotate();
      const { file } = this.#parts;
      await appendFile(file, gap + lines.join(''), { mode: 0o600 });
      // It may have been made by another program, or under another umask.
      if (!this.#isPrivate) await chmod(file, 0o600);
      this.#isPrivate = true;
      this.#lost = 0;
    } catch (error) {
      this.#failed(error as Error, lines.length);
    }
  }

  #failed(error: Error, lines: number): void {
    const { file, log, tell } = this.#parts;
    if (this.#lost === 0) {
      log.error(`${file} cannot be written.`, error);
      tell({
        severity: 'warning',
        message: `What is done to the crew cannot be written to ${file} (${error.message}). It is done all the same.`,
        nextStep: 'Look whether the file may be written; how many lines are missing is written there then.',
      });
    }
    this.#lost += lines;
  }

  async #rotate(): Promise<void> {
    const { file, largestFile = LARGEST_FILE } = this.#parts;
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size < largestFile) return;
    await rm(this.#older(OLDER_FILES), { force: true });
    for (let number = OLDER_FILES - 1; number >= 1; number--) {
      await rename(this.#older(number), this.#older(number + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    await rename(file, this.#older(1));
  }

  #older(number: number): string {
    return this.#parts.file.replace(/\.jsonl$/, `.${number}.jsonl`);
  }
}
