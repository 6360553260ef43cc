/**
 * Brings the bytes of a snapshot to the disk, under a name that nobody reads yet. On a disk that is nearly full it is not
 * begun, and what was begun is taken away: a snapshot saves time, the journal saves work.
 */
import { dirname } from 'node:path';
import type { FileSystem } from './file-system.ts';

/**
 * Each slice is brought to the disk before the next is written: a file system asked to flush the journal while it holds
 * hundreds of megabytes of something else may well flush those first, and everybody who waits for the journal with them.
 */
const SLICE_BYTES = 4 * 1024 * 1024;
/** What a snapshot leaves free for the journal. */
const ROOM_FOR_THE_JOURNAL = 4 * 1024 * 1024;

export async function writeSnapshotFile(files: FileSystem, path: string, content: Uint8Array): Promise<void> {
  await files.remove(path);
  const free = await files.free(dirname(path));
  if (free < content.length + ROOM_FOR_THE_JOURNAL) {
    throw new Error(`a snapshot of ${content.length} bytes has no room: ${free} bytes of this disk are free`);
  }
  try {
    await writeSlices(files, path, content);
  } catch (error) {
    // What is left of it is in nobody's way but that of the journal.
    await files.remove(path).catch(() => undefined);
    throw error;
  }
}

async function writeSlices(files: FileSystem, path: string, content: Uint8Array): Promise<void> {
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
