/**
 * One file of the journal while it is written. Writes go to a position of our own, so what a failed write left behind
 * is cut off or overwritten, never followed.
 */
import { join } from 'node:path';
import { StoreError } from './contract.ts';
import { diskError } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { HEADER, segmentName } from './journal-format.ts';

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
      const header = Buffer.from(HEADER);
      segment.write(header, header.length);
    } catch (error) {
      files.close(descriptor);
      void files.remove(path).catch(() => undefined);
      throw error;
    }
    return segment;
  }

  /** Goes on with a segment whose whole lines end at `end`; what follows is cut off. */
  static resume(files: FileSystem, path: string, first: number, end: number): Segment {
    try {
      const segment = new Segment(files, path, first, files.openToWrite(path), end);
      segment.#ragged = true;
      segment.#trim();
      // What this process did not write may still be in memory only.
      segment.#flushedEnd = 0;
      if (end === 0) {
        const header = Buffer.from(HEADER);
        segment.write(header, header.length);
      }
      return segment;
    } catch (error) {
      throw error instanceof StoreError ? error : diskError('The journal cannot be opened', path, error);
    }
  }

  get size(): number {
    return this.#end;
  }

  get flushed(): boolean {
    return this.#flushedEnd === this.#end;
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
