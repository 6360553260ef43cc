/**
 * The journal: the order of all events, and what makes them durable. Owned by the main thread, so that an event is in the
 * operating system's hands without waiting for anybody.
 *
 * An event passes through: appended (in the buffer) → sealed (part of a record, its text fixed) → written (in the page cache:
 * survives the end of this process) → flushed (on the disk: survives a power cut). Sealed records that the disk refused
 * stay in memory, in order, and go out with the next write that succeeds.
 */
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { JournalEvent } from '../core/events.ts';
import type { EventStamp } from './contract.ts';
import { StoreError } from './store-error.ts';
import { diskError } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { GroupCommit } from './group-commit.ts';
import {
  encodeRecord,
  exactLineLength,
  maximumLineLength,
  recordText,
  segmentName,
} from './journal-format.ts';
import type { SegmentFile } from './journal-scan.ts';
import { Segment } from './segment.ts';

/** Records up to here share one buffer; larger ones (a table of a million rows) get one of their own. */
const SHARED_BUFFER_BYTES = 128 * 1024;
/** Characters. A reader must hold a record as one string, and V8 ends those at 512 MB. */
export const MAXIMUM_RECORD_LENGTH = 256 * 1024 * 1024;

/** What was written and not flushed may be on the disk or not. */
const LOOK_FIRST =
  'What was asked for last may have been saved or not: Nightcrew starts anew and finds out; look before you repeat it.';

export interface JournalBeginning {
  lastSequence: number;
  /** What a snapshot on the disk covers. */
  flushedSequence: number;
  /** Older segments, oldest first. */
  ended: SegmentFile[];
  /** Those of them that may not be on the disk yet. */
  retired: Segment[];
  current: Segment;
}

interface SealedRecord {
  text: string;
  last: number;
}

export class Journal {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #commit = new GroupCommit(() => this.#flushWritten());
  readonly #sharedBuffer = Buffer.allocUnsafeSlow(SHARED_BUFFER_BYTES);

  /** JSON texts of the appended events, joined by commas. */
  #buffer = '';
  #bufferedCount = 0;
  #bufferTime = 0;
  #sealed: SealedRecord[] = [];
  #lastSequence: number;
  #writtenSequence: number;
  #flushedSequence: number;

  /** Oldest first; the last one is written to. */
  #segments: SegmentFile[];
  #current: Segment;
  /** Ended, but with bytes that are not on the disk yet. */
  #retired: Segment[];
  #namesFlushed = false;
  #failure: StoreError | undefined;
  /** Some file systems in networks number their files anew with each look. */
  readonly #placesAreTold: boolean;

  constructor(files: FileSystem, folder: string, clock: Clock, beginning: JournalBeginning) {
    this.#files = files;
    this.#folder = folder;
    this.#clock = clock;
    this.#lastSequence = beginning.lastSequence;
    this.#writtenSequence = beginning.lastSequence;
    this.#flushedSequence = beginning.flushedSequence;
    this.#segments = [...beginning.ended, beginning.current];
    this.#current = beginning.current;
    this.#retired = beginning.retired;
    this.#placesAreTold = beginning.current.isInPlace;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Why nothing is taken any more: a flush failed, or it was closed. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Characters of what was appended and could not be written yet. */
  get unwritten(): number {
    return this.#sealed.reduce((sum, { text }) => sum + text.length, this.#buffer.length);
  }

  /** Bytes in the newest segment: what came since the last snapshot. */
  get grown(): number {
    return this.#current.size;
  }

  /** Takes an event into the buffer. The events of one record share the time of the first. */
  append(event: JournalEvent): EventStamp {
    if (this.#failure) throw this.#failure;
    const text = JSON.stringify(event);
    const length = this.#buffer.length + text.length;
    if (length > MAXIMUM_RECORD_LENGTH) throw this.#tooLarge(length);
    if (this.#bufferedCount === 0) {
      this.#buffer = text;
      this.#bufferTime = this.#clock.now();
    } else {
      this.#buffer += ',' + text;
    }
    this.#bufferedCount++;
    return { sequence: ++this.#lastSequence, at: this.#bufferTime };
  }

  /** Makes one record of all that is in the buffer and returns its text; undefined when there is nothing. */
  seal(): string | undefined {
    if (this.#bufferedCount === 0) return undefined;
    const first = this.#lastSequence - this.#bufferedCount + 1;
    const text = recordText(
      first,
      this.#bufferedCount,
      this.#flushedSequence,
      this.#bufferTime,
      this.#buffer,
    );
    this.#sealed.push({ text, last: this.#lastSequence });
    this.#buffer = '';
    this.#bufferedCount = 0;
    return text;
  }

  /** Writes the sealed records. When the disk refuses, the rest of them is kept for the next call. */
  writeSealed(): void {
    if (this.#failure) throw this.#failure;
    while (this.#sealed.length > 0) {
      const record = this.#sealed[0]!;
      this.#writeLine(record.text);
      this.#writtenSequence = record.last;
      this.#sealed.shift();
    }
  }

  /**
   * Writes what is sealed, then these events as one more record. When the disk refuses, they never were: nothing of them is
   * kept, and no later write brings them. The buffer must be sealed. Returns the record's text.
   */
  record(events: readonly JournalEvent[]): { stamp: EventStamp; text: string } {
    if (this.#failure) throw this.#failure;
    const joined = events.map((event) => JSON.stringify(event)).join();
    if (joined.length > MAXIMUM_RECORD_LENGTH) throw this.#tooLarge(joined.length);
    const at = this.#clock.now();
    const first = this.#lastSequence + 1;
    const text = recordText(first, events.length, this.#flushedSequence, at, joined);
    if (!this.#writeWithSealed(text)) {
      this.writeSealed();
      this.#writeLine(text);
    }
    this.#lastSequence += events.length;
    this.#writtenSequence = this.#lastSequence;
    return { stamp: { sequence: first, at }, text };
  }

  /** Resolves when all that was written before the call is on the disk. */
  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#flushedSequence >= this.#writtenSequence && this.#namesFlushed) return;
    await this.#commit.join();
  }

  /** Begins a new segment, unless the newest one is still empty. Everything sealed must have been written. */
  rotate(): void {
    if (this.#failure) throw this.#failure;
    if (this.#current.first > this.#writtenSequence) return;
    const next = Segment.create(this.#files, this.#folder, this.#writtenSequence + 1);
    this.#retired.push(this.#current);
    this.#current = next;
    this.#segments.push(next);
    this.#namesFlushed = false;
  }

  /** Whether the next start will find what is written. */
  get isInPlace(): boolean {
    return !this.#placesAreTold || this.#current.isInPlace;
  }

  /** Whether all of its files are there. */
  get isWhole(): boolean {
    return this.isInPlace && this.#segments.every(({ path }) => this.#files.exists(path));
  }

  /** Its files were removed or replaced: goes on in a new one. What lies in its place is none of this journal. */
  async beginAnew(): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#files.makeFolder(this.#folder);
    const path = join(this.#folder, segmentName(this.#writtenSequence + 1));
    await this.#files.remove(path);
    const next = Segment.create(this.#files, this.#folder, this.#writtenSequence + 1);
    this.#retired.push(this.#current);
    this.#current = next;
    const others = this.#segments.filter((segment) => segment.path !== path);
    this.#segments = [...others.filter((segment) => this.#files.exists(segment.path)), next];
    this.#namesFlushed = false;
  }

  /** Removes the segments that hold nothing behind `sequence`. */
  async removeThrough(sequence: number): Promise<void> {
    while (this.#segments.length > 1 && this.#segments[1]!.first - 1 <= sequence) {
      await this.#files.remove(this.#segments[0]!.path);
      this.#segments.shift();
    }
  }

  close(): void {
    for (const segment of this.#retired) segment.close();
    this.#retired = [];
    this.#current.close();
    this.#failure ??= new StoreError('The store is closed.', this.#folder, 'Start the crew again.');
  }

  /**
   * A flush that failed is final: the kernel may have dropped the pages it could not write and would report success the
   * next time (the lesson of PostgreSQL's "fsyncgate"). Only a new start, which reads what is there, knows the truth.
   */
  async #flushWritten(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const through = this.#writtenSequence;
    const current = this.#current;
    const retired = this.#retired;
    const namesDue = !this.#namesFlushed;
    try {
      for (const segment of retired) await segment.flush();
      await current.flush();
      if (namesDue) await this.#files.flushFolder(this.#folder);
    } catch (error) {
      const { message, nextStep } = diskError(
        'The journal cannot be brought to the disk',
        current.path,
        error,
      );
      this.#failure = new StoreError(message, current.path, `${nextStep} ${LOOK_FIRST}`, { cause: error });
      throw this.#failure;
    }
    this.#closeRetired();
    if (namesDue && current === this.#current) this.#namesFlushed = true;
    this.#flushedSequence = through;
  }

  /**
   * Writes the sealed records and one more at once: the end of a job and the claim of the next one cost one write. False when
   * there is too much for that, or the disk refuses; it may have room for what is sealed.
   */
  #writeWithSealed(text: string): boolean {
    const texts = [...this.#sealed.map((record) => record.text), text];
    const most = texts.reduce((sum, each) => sum + maximumLineLength(each), 0);
    if (texts.length === 1 || most > SHARED_BUFFER_BYTES) return false;
    let length = 0;
    for (const each of texts) length += encodeRecord(each, this.#sharedBuffer.subarray(length));
    try {
      this.#current.write(this.#sharedBuffer, length);
    } catch {
      return false;
    }
    this.#sealed = [];
    return true;
  }

  #writeLine(text: string): void {
    const line =
      maximumLineLength(text) <= SHARED_BUFFER_BYTES
        ? this.#sharedBuffer
        : Buffer.allocUnsafeSlow(exactLineLength(text));
    this.#current.write(line, encodeRecord(text, line));
  }

  #closeRetired(): void {
    for (const segment of this.#retired) if (segment.flushed) segment.close();
    this.#retired = this.#retired.filter((segment) => !segment.flushed);
  }

  #tooLarge(length: number): StoreError {
    return new StoreError(
      `One change of ${Math.round(length / 1e6)} MB is more than the journal takes at once.`,
      this.#folder,
      'Enqueue the jobs in several batches, or pass large data by file.',
    );
  }
}
