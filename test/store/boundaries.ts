/** A file system that stops at every boundary: before and after each step that changes the disk, and within each write. */
import type { FileSystem } from '../../src/store/file-system.ts';
import type { Step } from './failing-files.ts';

export interface Boundary {
  step: Step;
  moment: 'before' | 'within' | 'after';
}

export function withBoundaries(files: FileSystem, reached: (boundary: Boundary) => void): FileSystem {
  const around = <Result>(step: Step, action: () => Result): Result => {
    reached({ step, moment: 'before' });
    const result = action();
    reached({ step, moment: 'after' });
    return result;
  };
  const aroundAsync = async (step: Step, action: () => Promise<void>): Promise<void> => {
    reached({ step, moment: 'before' });
    await action();
    reached({ step, moment: 'after' });
  };
  return {
    makeFolder: (path) => files.makeFolder(path),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
    openToRead: (path) => files.openToRead(path),
    openToWrite: (path) => files.openToWrite(path),
    isAt: (descriptor, path) => files.isAt(descriptor, path),
    create: (path) => around('create', () => files.create(path)),
    size: (descriptor) => files.size(descriptor),
    read: (descriptor, into, position) => files.read(descriptor, into, position),
    write: (descriptor, bytes, offset, length, position) =>
      around('write', () => {
        const half = files.write(descriptor, bytes, offset, Math.ceil(length / 2), position);
        reached({ step: 'write', moment: 'within' });
        if (half === length) return half;
        return half + files.write(descriptor, bytes, offset + half, length - half, position + half);
      }),
    truncate: (descriptor, length) => around('truncate', () => files.truncate(descriptor, length)),
    close: (descriptor) => files.close(descriptor),
    flushFile: (descriptor) => aroundAsync('flushFile', () => files.flushFile(descriptor)),
    flushFolder: (path) => aroundAsync('flushFolder', () => files.flushFolder(path)),
    rename: (from, to) => aroundAsync('rename', () => files.rename(from, to)),
    link: (existing, path) => aroundAsync('link', () => files.link(existing, path)),
    free: (folder) => files.free(folder),
    remove: (path) => aroundAsync('remove', () => files.remove(path)),
  };
}
