/**
 * The disk, for as long as the store is ours. A process may be stopped for hours between any two of its steps, and another
 * one may have been given the state folder meanwhile; so before every change of a file it is asked whether it still may, and
 * once more after a flush, before somebody is told that what he asked for is safe.
 *
 * A stop between the question and the change it allows cannot be seen. It does no harm on one machine, where the turn is
 * never given to another while its holder lives (`src/control/turn.ts`).
 */
import type { FileSystem } from './file-system.ts';

/** `requireOurs` throws, or ends the process, when it is not. */
export function fencedFiles(files: FileSystem, requireOurs: () => void): FileSystem {
  return {
    ...files,
    write: (...parameters) => {
      requireOurs();
      return files.write(...parameters);
    },
    create: (path) => {
      requireOurs();
      return files.create(path);
    },
    truncate: (descriptor, length) => {
      requireOurs();
      files.truncate(descriptor, length);
    },
    flushFile: async (descriptor) => {
      await files.flushFile(descriptor);
      requireOurs();
    },
    rename: async (from, to) => {
      requireOurs();
      await files.rename(from, to);
    },
    link: async (existing, path) => {
      requireOurs();
      await files.link(existing, path);
    },
    remove: async (path) => {
      requireOurs();
      await files.remove(path);
    },
  };
}
