/** Brings the bytes of a snapshot to the disk, under a name that nobody reads yet. */
import type { FileSystem } from './file-system.ts';

/**
 * Each slice is brought to the disk before the next is written: a file system asked to flush the journal while it holds
 * hundreds of megabytes of something else may well flush those first, and everybody who waits for the journal with them.
 */
const SLICE_BYTES = 4 * 1024 * 1024;

export async function writeSnapshotFile(files: FileSystem, path: string, content: Uint8Array): Promise<void> {
  await files.remove(path);
  const descriptor = files.create(path);
  try {
    for (let position = 0; position < content.length;) {
      const length = Math.min(SLICE_BYTES, content.length - position);
      const written = files.write(descriptor, content, position, length, position);
      if (written === 0) throw new Error('the disk takes no more bytes');
      await files.flushFile(descriptor);
      position += written;
    }
  } finally {
    files.close(descriptor);
  }
}
