/**
 * One file of the journal while it is written. Writes go to a position of our own, so what a failed write left behind
 * is cut off or overwritten, never followed.
 */
import { join } from 'node:path';
import { diskError } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { HEADER, segmentName } from './journal-format.ts';
import type { SegmentFile } from './journal-scan.ts';

export class Segment {
  readonly path: string;
  readonly first: number;
  readonly #files: FileSystem;
  readonly #descriptor: number;
  /** Bytes of whole lines. */
  #end: number;
  /** Bytes of whole lines that are on the disk. */
  #flushedEnd: number;
  /** Bytes behind `#end` may be left from a write that failed. */
  #ragged = false;

  private constructor(files: FileSystem, path: string, first: number, descriptor: number, end: number) {
    this.#files = files;
    this.path = path;
    this.first = first;
    this.#descriptor = descriptor;
    this.#end = end;
    this.#flushedEnd = end;
  }

  /** Starts a segment whose first event will be number `first`. Leaves nothing behind when the disk refuses. */
  static create(files: FileSystem, folder: string, first: number): Segment {
    const path = join(folder, segmentName(first));
    let descriptor: number;
    try {
      descriptor = files.create(path);
    } catch (error) {
      throw diskError('The journal cannot begin a file', path, error);
    }
    const segment = new Segment(files, path, first, descriptor, 0);
    try {
      segment.write(Buffer.from(HEADER), HEADER.length);
    } catch (error) {
      files.close(descriptor);
      void files.remove(path).catch(() => undefined);
      throw error;
    }
    return segment;
  }

  /** Goes on with a segment whose whole lines end at `end`; what follows is cut off. */
  static resume(files: FileSystem, file: SegmentFile, end: number): Segment {
    const segment = Segment.#open(files, file, end);
    segment.#ragged = true;
    if (end === 0) segment.write(Buffer.from(HEADER), HEADER.length);
    else segment.#cut();
    return segment;
  }

  /** Opens a segment that has ended, to flush what an earlier process may have left unflushed. */
  static reopen(files: FileSystem, file: SegmentFile): Segment {
    return Segment.#open(files, file, undefined);
  }

  static #open(files: FileSystem, { path, first }: SegmentFile, end: number | undefined): Segment {
    try {
      const descriptor = files.openToWrite(path);
      const segment = new Segment(files, path, first, descriptor, end ?? files.size(descriptor));
      segment.#flushedEnd = 0;
      return segment;
    } catch (error) {
      throw diskError('The journal cannot be opened', path, error);
    }
  }

  get size(): number {
    return this.#end;
  }

  get flushed(): boolean {
    return this.#flushedEnd === this.#end;
  }

  /** Whether what is written here will be found by the next start. */
  get isInPlace(): boolean {
    return this.#files.isAt(this.#descriptor, this.path);
  }

  /** Adds the first `length` of `bytes`, all or nothing. */
  write(bytes: Uint8Array, length: number): void {
    try {
      this.#trim();
      let written = 0;
      while (written < length) {
        this.#ragged = true;
        const step = this.#files.write(
          this.#descriptor,
          bytes,
          written,
          length - written,
          this.#end + written,
        );
        if (step === 0) throw new Error('the disk takes no more bytes');
        written += step;
      }
    } catch (error) {
      this.#tryTrim();
      throw diskError('The journal cannot be written', this.path, error);
    }
    this.#ragged = false;
    this.#end += length;
  }

  /** Resolves when all that was written before the call is on the disk. */
  async flush(): Promise<void> {
    const end = this.#end;
    if (this.#flushedEnd === end) return;
    await this.#files.flushFile(this.#descriptor);
    this.#flushedEnd = end;
  }

  close(): void {
    this.#files.close(this.#descriptor);
  }

  #cut(): void {
    try {
      this.#trim();
    } catch (error) {
      throw diskError('The torn end of the journal cannot be cut off', this.path, error);
    }
  }

  #trim(): void {
    if (!this.#ragged) return;
    this.#files.truncate(this.#descriptor, this.#end);
    this.#ragged = false;
  }

  /** A disk that refuses even this is met again by the next write, which trims first. */
  #tryTrim(): void {
    try {
      this.#trim();
    } catch {
      this.#ragged = true;
    }
  }
}
