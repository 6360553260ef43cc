/**
 * A disk that can lose power: it remembers what has been flushed, and keeps of the rest whatever the test's dice say, page by
 * page and in any order, as a real one may.
 */
import { createHash } from 'node:crypto';
import type { FileSystem } from '../../src/store/file-system.ts';

/** Small, so that a record spans several. */
const PAGE = 32;

interface MemoryFile {
  content: Buffer;
  flushed: Buffer;
}

export class MemoryDisk implements FileSystem {
  readonly #names: Map<string, MemoryFile>;
  #flushedNames: Map<string, MemoryFile>;
  readonly #open = new Map<number, MemoryFile>();
  #nextDescriptor = 3;
  /** How many times a file or a folder was brought to the disk. */
  flushes = 0;
  /** Settles the flushes that are under way; without it, they end at once. */
  held: (() => void)[] | undefined;

  constructor(files = new Map<string, MemoryFile>()) {
    this.#names = files;
    this.#flushedNames = new Map(files);
  }

  content(path: string): Buffer {
    return Buffer.from(this.#file(path).content);
  }

  put(path: string, content: Buffer): void {
    const file = { content: Buffer.from(content), flushed: Buffer.from(content) };
    this.#names.set(path, file);
    this.#flushedNames.set(path, file);
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  /** An exact copy, as after a SIGKILL: the page cache survives the process. */
  copy(): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, file] of this.#names) disk.put(path, file.content);
    return disk;
  }

  /** The disk as it is found after the power came back. `chance()` is true for what happened to reach the disk. */
  afterPowerCut(chance: () => boolean): MemoryDisk {
    const disk = new MemoryDisk();
    for (const path of new Set([...this.#names.keys(), ...this.#flushedNames.keys()])) {
      const before = this.#flushedNames.get(path);
      const now = this.#names.get(path);
      const file = before !== now && chance() ? now : before;
      if (file) disk.put(path, survivor(file, chance));
    }
    return disk;
  }

  /** The same for two disks that hold the same. */
  fingerprint(): string {
    const hash = createHash('sha1');
    for (const path of this.paths()) hash.update(path).update(this.#file(path).content).update('\0');
    return hash.digest('base64');
  }

  /** As after a power cut, where of each file that grew a random number of bytes, from its beginning on, reached the disk. */
  afterTear(random: () => number): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, { content, flushed }] of this.#names) {
      const least = Math.min(flushed.length, content.length);
      disk.put(path, content.subarray(0, least + Math.floor(random() * (content.length - least + 1))));
    }
    return disk;
  }

  makeFolder(): void {
    // Folders are only prefixes here.
  }

  list(folder: string): string[] {
    return this.paths()
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
  }

  exists(path: string): boolean {
    return this.#names.has(path) || this.list(path).length > 0;
  }

  openToRead(path: string): number {
    return this.#openFile(this.#file(path));
  }

  openToWrite(path: string): number {
    return this.#openFile(this.#file(path));
  }

  create(path: string): number {
    if (this.#names.has(path)) throw systemError('EEXIST');
    const file = { content: Buffer.alloc(0), flushed: Buffer.alloc(0) };
    this.#names.set(path, file);
    return this.#openFile(file);
  }

  size(descriptor: number): number {
    return this.#descriptor(descriptor).content.length;
  }

  isAt(descriptor: number, path: string): boolean {
    return this.#names.get(path) === this.#descriptor(descriptor);
  }

  read(descriptor: number, into: Uint8Array, position: number): number {
    return this.#descriptor(descriptor).content.copy(into, 0, position);
  }

  write(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    const file = this.#descriptor(descriptor);
    const content = Buffer.alloc(Math.max(file.content.length, position + length));
    file.content.copy(content);
    content.set(bytes.subarray(offset, offset + length), position);
    file.content = content;
    return length;
  }

  truncate(descriptor: number, length: number): void {
    const file = this.#descriptor(descriptor);
    file.content = Buffer.from(file.content.subarray(0, length));
  }

  close(descriptor: number): void {
    this.#open.delete(descriptor);
  }

  async free(): Promise<number> {
    return Infinity;
  }

  async flushFile(descriptor: number): Promise<void> {
    this.flushes++;
    const file = this.#descriptor(descriptor);
    const content = Buffer.from(file.content);
    await this.#hold();
    file.flushed = content;
  }

  async flushFolder(): Promise<void> {
    this.flushes++;
    const names = new Map(this.#names);
    await this.#hold();
    this.#flushedNames = names;
  }

  rename(from: string, to: string): Promise<void> {
    this.#names.set(to, this.#file(from));
    this.#names.delete(from);
    return Promise.resolve();
  }

  link(existing: string, path: string): Promise<void> {
    this.#names.set(path, this.#file(existing));
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.#names.delete(path);
    return Promise.resolve();
  }

  #hold(): Promise<void> {
    const { held } = this;
    return held ? new Promise((resolve) => held.push(resolve)) : Promise.resolve();
  }

  #openFile(file: MemoryFile): number {
    const descriptor = this.#nextDescriptor++;
    this.#open.set(descriptor, file);
    return descriptor;
  }

  #descriptor(descriptor: number): MemoryFile {
    const file = this.#open.get(descriptor);
    if (!file) throw systemError('EBADF');
    return file;
  }

  #file(path: string): MemoryFile {
    const file = this.#names.get(path);
    if (!file) throw systemError('ENOENT');
    return file;
  }
}

/** Each page is the flushed one or the newer one; a new page of a file that grew may read as zeros. */
function survivor(file: MemoryFile, chance: () => boolean): Buffer {
  const { content, flushed } = file;
  if (content.equals(flushed)) return content;
  const kept = chance() ? Math.max(content.length, flushed.length) : flushed.length;
  const result = Buffer.alloc(kept);
  flushed.copy(result);
  for (let page = 0; page < kept; page += PAGE) {
    if (chance() && page < content.length)
      content.copy(result, page, page, Math.min(page + PAGE, content.length));
  }
  return result.subarray(0, content.length < flushed.length && chance() ? content.length : kept);
}

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}
