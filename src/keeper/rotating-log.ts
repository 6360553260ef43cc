/**
 * A log file that is rotated by size: `worker_3.log`, and before it `.1`, `.2`, `.3`. Bytes are queued and written one
 * batch at a time, so that a slow disk stops no one but him who looks at `queuedBytes`. Files are cut at line ends,
 * except within a line of 64 KiB or more.
 *
 * A disk that refuses costs log lines, never a worker: what could not be written is counted and named in the log once
 * writing works again. A file that was removed or replaced while it was written is begun anew where it was.
 */
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemClock, type Clock } from '../core/clock.ts';

/** A day of a talkative worker, and still opened at once by an editor. */
export const DEFAULT_MAX_LOG_BYTES = 10 * 1000 * 1000;
/** `.1` to `.3`: with them a worker has 40 MB of disk at most. */
export const DEFAULT_KEPT_LOGS = 3;

/** A line as long as this may be torn by a rotation; looking for its end would let the file grow without bound. */
const LONGEST_WHOLE_LINE = 64 * 1024;
/** Largest single write: large enough to cost little, small enough to be taken out of the queue soon. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** Between two looks whether the file is where readers look for it, while it is written; milliseconds. */
const LOOK_INTERVAL = 1_000;
const REMOVED_NOTE = '[nightcrew] the file of this log was removed or replaced; this one begins here\n';
const LF = 0x0a;

export interface RotatingLogOptions {
  maxBytes?: number;
  kept?: number;
  /** Told how many bytes more, or fewer, wait for the disk. */
  onQueued?: (bytes: number) => void;
  clock?: Clock;
  /** Whether the log's folder may be made: not where a workspace was, and is not any more. */
  placeIsThere?: () => boolean;
}

export class RotatingLog {
  readonly file: string;
  readonly #maxBytes: number;
  readonly #kept: number;
  readonly #onQueued: (bytes: number) => void;
  readonly #clock: Clock;
  readonly #placeIsThere: () => boolean;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #appendedBytes = 0;
  #handle: FileHandle | undefined;
  /** Bytes in the current file. */
  #size = 0;
  /** Bytes of the line that the current file ends with; 0 when it ends with a line's end. */
  #openLine = 0;
  #lostBytes = 0;
  #lookedAt = -Infinity;
  #draining: Promise<void> | undefined;
  #waiting: { below: number; action: () => void }[] = [];

  constructor(file: string, options: RotatingLogOptions = {}) {
    this.file = file;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_LOG_BYTES;
    this.#kept = options.kept ?? DEFAULT_KEPT_LOGS;
    this.#onQueued = options.onQueued ?? ((): void => undefined);
    this.#clock = options.clock ?? systemClock;
    this.#placeIsThere = options.placeIsThere ?? ((): boolean => true);
  }

  /** Bytes that are not on the disk yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes appended since this object was made: a mark for `tail`. */
  get position(): number {
    return this.#appendedBytes;
  }

  /** Queues bytes; the buffer must not be changed afterwards. */
  append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#onQueued(bytes.length);
    this.#appendedBytes += bytes.length;
    this.#draining ??= this.#drain();
  }

  /** Runs `action` once, when no more than `below` bytes are queued. */
  whenBelow(below: number, action: () => void): void {
    if (this.#queuedBytes <= below) action();
    else this.#waiting.push({ below, action });
  }

  /** Resolves when everything appended before the call was written, or given up. */
  async flush(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  /** Writes what is queued and lets go of the file; appending again opens it again. */
  async close(): Promise<void> {
    await this.flush();
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }

  /**
   * The last characters of what was appended between two positions, over rotated files if need be. By default of
   * everything appended; what the file held before this object was made is never shown.
   */
  async tail(characters: number, from = 0, to = this.#appendedBytes): Promise<string> {
    await this.flush();
    // A character has at most four bytes in UTF-8; the rest is cut off after decoding.
    let wanted = Math.min(4 * characters, to - from);
    let skipped = this.#appendedBytes - to;
    const parts: Buffer[] = [];
    for (let age = 0; age <= this.#kept && wanted > 0; age++) {
      const part = await readEnd(this.#rotated(age), skipped, wanted);
      if (part === undefined) break;
      skipped = Math.max(0, skipped - part.size);
      wanted -= part.bytes.length;
      parts.unshift(part.bytes);
    }
    return lastCharacters(Buffer.concat(parts).toString('utf8'), characters);
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#writeBatch(batch);
      } catch {
        this.#lostBytes += batch.length;
        await this.#handle?.close().catch(() => {});
        this.#handle = undefined;
      }
      this.#queuedBytes -= batch.length;
      this.#onQueued(-batch.length);
      this.#wake();
    }
    this.#draining = undefined;
  }

  #takeBatch(): Buffer {
    let count = 0;
    let bytes = 0;
    while (
      count < this.#queue.length &&
      (count === 0 || bytes + this.#queue[count]!.length <= MAX_BATCH_BYTES)
    ) {
      bytes += this.#queue[count++]!.length;
    }
    const taken = this.#queue.splice(0, count);
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken, bytes);
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter(({ below }) => this.#queuedBytes <= below);
    this.#waiting = this.#waiting.filter((waiter) => !ready.includes(waiter));
    for (const { action } of ready) action();
  }

  async #writeBatch(batch: Buffer): Promise<void> {
    let rest = batch;
    if (this.#lostBytes > 0) {
      const lost = this.#lostBytes;
      await this.#write(Buffer.from(`[nightcrew] ${lost} bytes of this log could not be written\n`));
      this.#lostBytes -= lost;
    }
    await this.#leaveRemovedFile();
    while (rest.length > 0) {
      await this.#open();
      const room = this.#room(rest);
      if (room > 0) await this.#write(rest.subarray(0, room));
      rest = rest.subarray(room);
      if (rest.length > 0) await this.#rotate();
    }
  }

  /**
   * How much of `bytes` still belongs into the current file: all that fits, back to the last line end; 0 when the
   * next line belongs into a new file. A line that has begun in this file is finished here while it is short.
   */
  #room(bytes: Buffer): number {
    const free = this.#maxBytes - this.#size;
    if (bytes.length <= free) return bytes.length;
    const lastLineEnd = free > 0 ? bytes.lastIndexOf(LF, free - 1) : -1;
    if (lastLineEnd >= 0) return lastLineEnd + 1;
    if (this.#openLine === 0 && this.#size > 0) return 0;
    const patience = Math.max(LONGEST_WHOLE_LINE - this.#openLine, 0);
    const lineEnd = bytes.indexOf(LF);
    if (lineEnd >= 0 && lineEnd < patience) return lineEnd + 1;
    return Math.min(bytes.length, Math.max(patience, free));
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#open();
    await this.#handle!.appendFile(bytes);
    this.#size += bytes.length;
    const lineEnd = bytes.lastIndexOf(LF);
    this.#openLine = lineEnd < 0 ? this.#openLine + bytes.length : bytes.length - lineEnd - 1;
  }

  async #open(): Promise<void> {
    if (this.#handle) return;
    if (this.#placeIsThere()) await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    this.#handle = await open(this.file, 'a', 0o600);
    this.#lookedAt = this.#clock.monotonic();
    this.#size = (await this.#handle.stat()).size;
    if (this.#size === 0 || this.#openLine > 0) return;
    // A machine that lost power may have left half a line; the next one begins on its own.
    const end = await readEnd(this.file, 0, 1);
    if (end && end.bytes[0] !== LF) {
      await this.#handle.appendFile('\n');
      this.#size += 1;
    }
  }

  /** It would take every line, and nobody would find them. One that was moved away with its workspace is written on. */
  async #leaveRemovedFile(): Promise<void> {
    const now = this.#clock.monotonic();
    if (!this.#handle || now - this.#lookedAt < LOOK_INTERVAL) return;
    this.#lookedAt = now;
    if ((await isAt(this.#handle, this.file)) || !this.#placeIsThere()) return;
    const handle = this.#handle;
    this.#handle = undefined;
    this.#openLine = 0;
    await handle.close();
    await this.#write(Buffer.from(REMOVED_NOTE));
  }

  async #rotate(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#openLine = 0;
    await handle?.close();
    try {
      await rm(this.#rotated(this.#kept), { force: true });
      for (let age = this.#kept; age > 0; age--) {
        await rename(this.#rotated(age - 1), this.#rotated(age)).catch(ignoreMissing);
      }
    } catch {
      // A folder that forbids it, or on Windows a reader that holds a file: go on in the same file and try again
      // when as much has been written once more. A log that is too long beats one that is lost.
      await this.#open();
      this.#size = 0;
    }
  }

  #rotated(age: number): string {
    return age === 0 ? this.file : `${this.file}.${age}`;
  }
}

/** Whether the path names this open file still. A disk that fails to answer says nothing about names. */
async function isAt(handle: FileHandle, file: string): Promise<boolean> {
  try {
    const [held, there] = await Promise.all([handle.stat({ bigint: true }), stat(file, { bigint: true })]);
    return held.ino === there.ino && held.dev === there.dev;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** At most `wanted` bytes that lie before the last `skipped` ones of a file; undefined when it cannot be read. */
async function readEnd(
  file: string,
  skipped: number,
  wanted: number,
): Promise<{ size: number; bytes: Buffer } | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const { size } = await handle.stat();
    const end = Math.max(0, size - skipped);
    const start = Math.max(0, end - wanted);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return { size, bytes: buffer.subarray(0, bytesRead) };
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** Whole characters: the cut falls neither into a UTF-8 sequence (decoded as U+FFFD) nor between two surrogates. */
function lastCharacters(text: string, characters: number): string {
  const end = text.slice(-characters);
  const first = end.charCodeAt(0);
  return first === 0xfffd || (first >= 0xdc00 && first <= 0xdfff) ? end.slice(1) : end;
}
