/** Reads a file line by line in pieces, so that a journal of any size is read in the memory of its longest line. */
import type { FileSystem } from './file-system.ts';

const PIECE_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

export interface Line {
  /** Where it begins in the file. */
  offset: number;
  /** Without its line feed. Valid until the next line is asked for. */
  bytes: Buffer;
  /** False for what follows the last line feed of the file. */
  ended: boolean;
}

export function* readLines(files: FileSystem, descriptor: number): Generator<Line> {
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, files.size(descriptor) + 1));
  /** The beginning of a line that goes on in the next piece. */
  let carried: Buffer[] = [];
  let carriedLength = 0;
  let position = 0;
  for (;;) {
    const length = files.read(descriptor, piece, position);
    if (length === 0) break;
    let start = 0;
    for (;;) {
      const end = piece.subarray(0, length).indexOf(LINE_FEED, start);
      if (end === -1) break;
      const rest = piece.subarray(start, end);
      const bytes = carriedLength === 0 ? rest : Buffer.concat([...carried, rest]);
      yield { offset: position + start - carriedLength, bytes, ended: true };
      carried = [];
      carriedLength = 0;
      start = end + 1;
    }
    if (start < length) {
      carried.push(Buffer.from(piece.subarray(start, length)));
      carriedLength += length - start;
    }
    position += length;
  }
  if (carriedLength > 0) {
    yield { offset: position - carriedLength, bytes: Buffer.concat(carried), ended: false };
  }
}
