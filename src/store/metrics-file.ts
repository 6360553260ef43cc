/**
 * `.nightcrew/metrics`: figures over time, so that they outlive a supervisor. What has changed since the last time is appended,
 * once a minute and only then; when that has made the file twice as long as what it says, it is written anew beside itself and
 * put in its place. A kill costs the last minute, a power cut what the disk had not got yet. Not the journal, which is for what
 * must not be lost and does not grow while nothing happens.
 *
 * A header line, then blocks: length and CRC-32 of what follows, 4 bytes each; the subject and its resolution as a line of JSON;
 * buckets of 48 bytes, all little-endian. A block that is damaged is passed over, one that is cut off ends the file.
 */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { BUCKET_BYTES, FIGURES, type MetricBucket } from '../core/metric-bucket.ts';
import type { MetricHistory, MetricSubject } from '../core/metric-history.ts';
import type { FileSystem } from './file-system.ts';

const HEADER: Buffer = Buffer.from('nightcrew metrics 1\n');
const BLOCK_HEAD = 8;
const LINE_END = 0x0a;
/** A file that is shorter is not worth writing anew. */
const LEAST_REWRITTEN = 256 * 1024;
/** Bytes that are read before others get their turn: about a millisecond. */
const READ_PER_TURN = 256 * 1024;

type Head = MetricSubject & { step: number };

export class MetricsFile {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #path: string;
  readonly #history: MetricHistory;
  /** Length of what is in it, as far as it is whole; undefined: it is to be written anew. */
  #end: number | undefined;

  constructor(files: FileSystem, folder: string, history: MetricHistory) {
    this.#files = files;
    this.#folder = folder;
    this.#path = join(folder, 'metrics');
    this.#history = history;
  }

  /** Puts what was saved into the history; returns how many blocks could not be read. Throws when the disk refuses. */
  async load(): Promise<number> {
    await this.#files.remove(`${this.#path}.partial`);
    if (!this.#files.exists(this.#path)) return 0;
    const bytes = this.#read();
    if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return 1;
    let position = HEADER.length;
    let damaged = 0;
    for (let turn = position; position + BLOCK_HEAD <= bytes.length;) {
      const length = bytes.readUInt32LE(position);
      const end = position + BLOCK_HEAD + length;
      // Zeros are what a power cut leaves of what had not reached the disk.
      if (length === 0 || end > bytes.length) break;
      if (!this.#take(bytes, position + BLOCK_HEAD, end)) damaged++;
      position = end;
      if (position - turn < READ_PER_TURN) continue;
      turn = position;
      await nextTurn();
    }
    if (damaged === 0) this.#end = position;
    return damaged;
  }

  /** Writes what has changed. Throws when the disk refuses; then it is written with the next. */
  async save(): Promise<void> {
    const rings = this.#history.series.flatMap(({ subject, rings: own }) =>
      own.filter(({ hasUnsaved }) => hasUnsaved).map((ring) => ({ subject, ring })),
    );
    if (rings.length === 0) return;
    const blocks = Buffer.concat(
      rings.map(({ subject, ring }) => encodeBlock({ ...subject, step: ring.step }, ring.unsaved())),
    );
    const end = this.#end;
    if (end === undefined || !this.#canAppend(end, blocks.length)) return this.#rewrite();
    this.#append(blocks, end);
    this.#end = end + blocks.length;
    for (const { ring } of rings) ring.saved();
  }

  async #rewrite(): Promise<void> {
    this.#end = undefined;
    try {
      this.#end = await this.#writeAnew();
    } catch (error) {
      for (const { rings } of this.#history.series) for (const ring of rings) ring.notSaved();
      throw error;
    }
  }

  #canAppend(end: number, length: number): boolean {
    // It was removed, or another was put in its place.
    if (this.#lengthOnDisk() < end) return false;
    return end + length <= Math.max(LEAST_REWRITTEN, 2 * this.#history.bytes);
  }

  /** Returns its length. */
  async #writeAnew(): Promise<number> {
    const partial = `${this.#path}.partial`;
    await this.#files.remove(partial);
    const descriptor = this.#files.create(partial);
    let end = 0;
    try {
      const put = (bytes: Buffer): void => {
        writeWhole(this.#files, descriptor, bytes, end);
        end += bytes.length;
      };
      put(HEADER);
      for (const { subject, rings } of this.#history.series) {
        for (const ring of rings) {
          put(encodeBlock({ ...subject, step: ring.step }, [...ring.read()]));
          ring.saved();
        }
        await nextTurn();
      }
      await this.#files.flushFile(descriptor);
    } catch (error) {
      this.#files.close(descriptor);
      // On a full disk it would take the room that the journal needs.
      await this.#files.remove(partial).catch(() => undefined);
      throw error;
    }
    this.#files.close(descriptor);
    await this.#files.rename(partial, this.#path);
    await this.#files.flushFolder(this.#folder);
    return end;
  }

  #append(bytes: Buffer, position: number): void {
    const descriptor = this.#files.openToWrite(this.#path);
    try {
      // What a write left that was broken off.
      this.#files.truncate(descriptor, position);
      writeWhole(this.#files, descriptor, bytes, position);
    } finally {
      this.#files.close(descriptor);
    }
  }

  #lengthOnDisk(): number {
    if (!this.#files.exists(this.#path)) return 0;
    const descriptor = this.#files.openToRead(this.#path);
    try {
      return this.#files.size(descriptor);
    } finally {
      this.#files.close(descriptor);
    }
  }

  #read(): Buffer {
    const descriptor = this.#files.openToRead(this.#path);
    try {
      const bytes = Buffer.alloc(this.#files.size(descriptor));
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = this.#files.read(descriptor, bytes.subarray(length), length);
      return bytes.subarray(0, length);
    } finally {
      this.#files.close(descriptor);
    }
  }

  /** False when it is damaged. */
  #take(bytes: Buffer, start: number, end: number): boolean {
    if (crc32(bytes.subarray(start, end)) !== bytes.readUInt32LE(start - 4)) return false;
    const lineEnd = bytes.indexOf(LINE_END, start);
    const { step, ...subject } = JSON.parse(bytes.toString('utf8', start, lineEnd)) as Head;
    this.#history.put(subject, step, decodeBuckets(bytes, lineEnd + 1, end));
    return true;
  }
}

function encodeBlock(head: Head, buckets: readonly MetricBucket[]): Buffer {
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  const length = line.length + buckets.length * BUCKET_BYTES;
  const block = Buffer.alloc(BLOCK_HEAD + length);
  line.copy(block, BLOCK_HEAD);
  let position = BLOCK_HEAD + line.length;
  for (const bucket of buckets) {
    position = block.writeUInt32LE(bucket.at, position);
    for (const figure of FIGURES) position = block.writeFloatLE(bucket[figure], position);
  }
  block.writeUInt32LE(length, 0);
  block.writeUInt32LE(crc32(block.subarray(BLOCK_HEAD)), 4);
  return block;
}

function* decodeBuckets(bytes: Buffer, start: number, end: number): Generator<MetricBucket> {
  for (let position = start; position + BUCKET_BYTES <= end; position += BUCKET_BYTES) {
    const bucket = { at: bytes.readUInt32LE(position) } as MetricBucket;
    FIGURES.forEach((figure, index) => (bucket[figure] = bytes.readFloatLE(position + 4 * (index + 1))));
    yield bucket;
  }
}

/** A disk may take less than it is given. */
function writeWhole(files: FileSystem, descriptor: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;) {
    const step = files.write(descriptor, bytes, written, bytes.length - written, position + written);
    if (step === 0) throw new Error('the disk takes no more bytes');
    written += step;
  }
}
