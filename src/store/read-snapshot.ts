/** Reads a snapshot's file into memory, once, and judges it by its trailer on the way. */
import { crc32 } from 'node:zlib';
import { DatabaseFile, PIECE_BYTES } from './database-file.ts';
import type { FileSystem } from './file-system.ts';
import { decodeTrailer, TRAILER_LENGTH } from './snapshot-trailer.ts';

export interface ReadSnapshot {
  file: DatabaseFile;
  /** Size of the database. */
  bytes: number;
  /** `unknown`: there is no trailer to judge by, so SQLite's own check must do. */
  verdict: 'sound' | 'damaged' | 'unknown';
}

/** Throws what the file system throws. */
export function readSnapshot(files: FileSystem, path: string): ReadSnapshot {
  const descriptor = files.openToRead(path);
  try {
    const size = files.size(descriptor);
    const trailer = readTrailer(files, descriptor, size);
    const bytes = trailer ? size - TRAILER_LENGTH : size;
    const { file, checksum } = readDatabase(files, descriptor, bytes);
    if (!trailer) return { file, bytes, verdict: 'unknown' };
    const sound = trailer.length === bytes && trailer.checksum === checksum;
    return { file, bytes, verdict: sound ? 'sound' : 'damaged' };
  } finally {
    files.close(descriptor);
  }
}

function readTrailer(files: FileSystem, descriptor: number, size: number): ReturnType<typeof decodeTrailer> {
  if (size < TRAILER_LENGTH) return undefined;
  const bytes = Buffer.alloc(TRAILER_LENGTH);
  readWhole(files, descriptor, bytes, size - TRAILER_LENGTH);
  return decodeTrailer(bytes);
}

function readDatabase(
  files: FileSystem,
  descriptor: number,
  bytes: number,
): { file: DatabaseFile; checksum: number } {
  const pieces: Uint8Array[] = [];
  let checksum = 0;
  for (let position = 0; position < bytes; position += PIECE_BYTES) {
    const piece = new Uint8Array(PIECE_BYTES);
    const content = piece.subarray(0, bytes - position);
    readWhole(files, descriptor, content, position);
    checksum = crc32(content, checksum);
    pieces.push(piece);
  }
  return { file: new DatabaseFile(pieces, bytes), checksum };
}

function readWhole(files: FileSystem, descriptor: number, into: Uint8Array, position: number): void {
  for (let offset = 0; offset < into.length;) {
    const length = files.read(descriptor, into.subarray(offset), position + offset);
    if (length === 0) throw new Error('it became shorter while it was read');
    offset += length;
  }
}
