/**
 * Brings a snapshot to the disk, under a name that nobody reads yet. On a disk that is nearly full it is not begun, and what
 * was begun is taken away: a snapshot saves time, the journal saves work.
 */
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { PIECE_BYTES, type FrozenFile } from './database-file.ts';
import type { FileSystem } from './file-system.ts';
import { encodeTrailer } from './snapshot-trailer.ts';

/**
 * So much is brought to the disk before more is written: a file system asked to flush the journal while it holds hundreds of
 * megabytes of something else may well flush those first, and everybody who waits for the journal with them.
 */
const PIECES_AT_ONCE = (4 * 1024 * 1024) / PIECE_BYTES;
/** What a snapshot leaves free for the journal. */
const ROOM_FOR_THE_JOURNAL = 4 * 1024 * 1024;

export async function writeSnapshotFile(
  files: FileSystem,
  path: string,
  database: FrozenFile,
): Promise<void> {
  await files.remove(path);
  const free = await files.free(dirname(path));
  if (free < database.size + ROOM_FOR_THE_JOURNAL) {
    throw new Error(`a snapshot of ${database.size} bytes has no room: ${free} bytes of this disk are free`);
  }
  try {
    await writePieces(files, path, database);
  } catch (error) {
    // What is left of it is in nobody's way but that of the journal.
    await files.remove(path).catch(() => undefined);
    throw error;
  }
}

/** The event loop is free while the disk works. */
async function writePieces(files: FileSystem, path: string, database: FrozenFile): Promise<void> {
  const descriptor = files.create(path);
  try {
    let checksum = 0;
    let position = 0;
    let unflushed = 0;
    for (const piece of database.pieces()) {
      checksum = crc32(piece, checksum);
      write(files, descriptor, piece, position);
      position += piece.length;
      if (++unflushed < PIECES_AT_ONCE) continue;
      await files.flushFile(descriptor);
      unflushed = 0;
    }
    write(files, descriptor, encodeTrailer({ checksum, length: position }), position);
    await files.flushFile(descriptor);
  } finally {
    files.close(descriptor);
  }
}

function write(files: FileSystem, descriptor: number, bytes: Uint8Array, position: number): void {
  for (let offset = 0; offset < bytes.length;) {
    const written = files.write(descriptor, bytes, offset, bytes.length - offset, position + offset);
    if (written === 0) throw new Error('the disk takes no more bytes');
    offset += written;
  }
}
