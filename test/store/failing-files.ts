/** A file system that fails where a test says. */
import type { FileSystem } from '../../src/store/file-system.ts';
import { systemError } from './memory-disk.ts';

export type Step =
  'create' | 'write' | 'truncate' | 'flushFile' | 'flushFolder' | 'rename' | 'link' | 'remove';

export const STEPS: readonly Step[] = [
  'create',
  'write',
  'truncate',
  'flushFile',
  'flushFolder',
  'rename',
  'link',
  'remove',
];

/** Asked before each step that changes something; returns the code of the error to fail with. */
export type Fault = (step: Step, path: string | undefined) => string | undefined;

export function failingFiles(files: FileSystem, fault: Fault): FileSystem {
  const check = (step: Step, path?: string): void => {
    const code = fault(step, path);
    if (code !== undefined) throw systemError(code);
  };
  return {
    makeFolder: (path) => files.makeFolder(path),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
    openToRead: (path) => files.openToRead(path),
    openToWrite: (path) => files.openToWrite(path),
    create: (path) => {
      check('create', path);
      return files.create(path);
    },
    size: (descriptor) => files.size(descriptor),
    isAt: (descriptor, path) => files.isAt(descriptor, path),
    read: (descriptor, into, position) => files.read(descriptor, into, position),
    write: (descriptor, bytes, offset, length, position) => {
      const code = fault('write', undefined);
      if (code === undefined) return files.write(descriptor, bytes, offset, length, position);
      if (code !== 'SHORT') throw systemError(code);
      return files.write(descriptor, bytes, offset, Math.ceil(length / 2), position);
    },
    truncate: (descriptor, length) => {
      check('truncate');
      files.truncate(descriptor, length);
    },
    close: (descriptor) => files.close(descriptor),
    flushFile: async (descriptor) => {
      check('flushFile');
      await files.flushFile(descriptor);
    },
    flushFolder: async (path) => {
      check('flushFolder', path);
      await files.flushFolder(path);
    },
    rename: async (from, to) => {
      check('rename', to);
      await files.rename(from, to);
    },
    link: async (existing, path) => {
      check('link', path);
      await files.link(existing, path);
    },
    free: (folder) => files.free(folder),
    remove: async (path) => {
      check('remove', path);
      await files.remove(path);
    },
  };
}
