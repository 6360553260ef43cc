/**
 * Every touch of the disk that the durability of the store rests on, as one interface: the tests put a layer in between
 * that fails, cuts short or stops at each single step.
 *
 * What runs for each event is synchronous (a write to the page cache costs microseconds, a trip through the thread pool ten
 * times that); what waits for the disk is asynchronous.
 */
import * as fs from 'node:fs';
import * as fsPromises from 'node:fs/promises';

/** Only the owner may read what a researcher's jobs hold. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface FileSystem {
  makeFolder(path: string): void;
  /** Names in a folder, in no particular order. */
  list(folder: string): string[];
  exists(path: string): boolean;
  openToRead(path: string): number;
  /** Opens an existing file for reading and writing. */
  openToWrite(path: string): number;
  /** Creates a file that must not exist yet. */
  create(path: string): number;
  size(descriptor: number): number;
  /** Whether the path names this open file still; false when the file was removed or another was put in its place. */
  isAt(descriptor: number, path: string): boolean;
  /** Returns how many bytes were read; 0 at the end. */
  read(descriptor: number, into: Uint8Array, position: number): number;
  /** Returns how many of the first `length` bytes were written, which may be fewer than asked. */
  write(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  truncate(descriptor: number, length: number): void;
  close(descriptor: number): void;
  /** Resolves when the file's content is on the disk. */
  flushFile(descriptor: number): Promise<void>;
  /** Resolves when the folder's names are on the disk. */
  flushFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file. Not every file system can. */
  link(existing: string, path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Bytes that may still be written into a folder's file system; Infinity where it tells nothing, as some in networks do. */
  free(folder: string): Promise<number>;
}

export const diskFileSystem: FileSystem = {
  makeFolder: (path) => void fs.mkdirSync(path, { recursive: true, mode: FOLDER_MODE }),
  list: (folder) => fs.readdirSync(folder),
  exists: (path) => fs.existsSync(path),
  openToRead: (path) => fs.openSync(path, 'r'),
  openToWrite: (path) => fs.openSync(path, 'r+'),
  create: (path) => fs.openSync(path, 'wx+', FILE_MODE),
  size: (descriptor) => fs.fstatSync(descriptor).size,
  isAt,
  read: (descriptor, into, position) => fs.readSync(descriptor, into, 0, into.length, position),
  write: (descriptor, bytes, offset, length, position) =>
    fs.writeSync(descriptor, bytes, offset, length, position),
  truncate: (descriptor, length) => fs.ftruncateSync(descriptor, length),
  close: (descriptor) => fs.closeSync(descriptor),
  flushFile: (descriptor) =>
    new Promise((resolve, reject) =>
      fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve())),
    ),
  flushFolder,
  rename: (from, to) => fsPromises.rename(from, to),
  link: (existing, path) => fsPromises.link(existing, path),
  remove: (path) => fsPromises.rm(path, { force: true }),
  free: async (folder) => {
    const { blocks, bavail, bsize } = await fsPromises.statfs(folder);
    return blocks === 0 ? Infinity : bavail * bsize;
  },
};

function isAt(descriptor: number, path: string): boolean {
  try {
    const there = fs.statSync(path, { bigint: true });
    const held = fs.fstatSync(descriptor, { bigint: true });
    return there.ino === held.ino && there.dev === held.dev;
  } catch (error) {
    // A disk that fails to answer says nothing about names.
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** Windows cannot open a folder; NTFS journals its names itself. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await fsPromises.open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
