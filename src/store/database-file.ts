/**
 * The file that sql.js works on, in memory, in pieces. sql.js would keep it as one array, which costs a second copy when the
 * file is opened, another each time it outgrows the array, and a third for each snapshot; and nothing else happens while hundreds
 * of megabytes are copied. Pieces grow one by one, and a snapshot only marks them: a piece that is changed while the snapshot is
 * written is copied first, alone.
 *
 * sql.js takes an array with the content, keeps what its `slice` returns, and from then on uses `length`, `subarray` and `set`
 * of that. Here these are methods of this class. It rests on that much of sql.js's memory file system (the tests hold it
 * to that), and the version that was tested is part of the bundle.
 */

export const PIECE_BYTES = 256 * 1024;
/** SQLite's own size of a page, which no database of ours changes. It reads at most one at a time. */
const PAGE_BYTES = 4096;

export class DatabaseFile {
  readonly #pieces: Uint8Array[];
  #size: number;
  /** The pieces of a snapshot that is being written, by number; undefined where one is not needed any more. */
  #frozen: (Uint8Array | undefined)[] = [];

  /** All pieces have the same length, also the last one. */
  constructor(pieces: Uint8Array[] = [], size = 0) {
    this.#pieces = pieces;
    this.#size = size;
  }

  static from(bytes: Uint8Array): DatabaseFile {
    const file = new DatabaseFile();
    for (let position = 0; position < bytes.length; position += PIECE_BYTES) {
      file.set(bytes.subarray(position, position + PIECE_BYTES), position);
    }
    return file;
  }

  get size(): number {
    return this.#size;
  }

  /** What is given to sql.js in place of an array with the content. */
  get content(): Uint8Array {
    const content = { length: this.#size, slice: () => this, subarray: () => this };
    return content as unknown as Uint8Array;
  }

  /** The room in the file, which never runs out. */
  get length(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  /**
   * Whoever asks for more than a page is sql.js that cuts the file and moves what is left into an array of its own. Nothing of
   * ours makes SQLite do so; it must not happen unseen, because this file would not be the database any more.
   */
  subarray(start: number, end: number): Uint8Array {
    if (end - start > PAGE_BYTES) throw new Error('The database file in memory was cut.');
    const offset = start % PIECE_BYTES;
    return this.#pieces[Math.floor(start / PIECE_BYTES)]!.subarray(offset, offset + end - start);
  }

  set(bytes: Uint8Array, position: number): void {
    const offset = position % PIECE_BYTES;
    const room = PIECE_BYTES - offset;
    if (bytes.length > room) this.set(bytes.subarray(room), position + room);
    this.#writable(Math.floor(position / PIECE_BYTES)).set(bytes.subarray(0, room), offset);
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  /**
   * The file as of now, piece by piece, however slowly it is asked for. One at a time; what is not asked for to the end must be
   * released.
   */
  freeze(): FrozenFile {
    if (this.#frozen.length > 0) throw new Error('The database file is frozen already.');
    const frozen: (Uint8Array | undefined)[] = this.#pieces.slice();
    const size = this.#size;
    this.#frozen = frozen;
    return {
      size,
      *pieces() {
        for (let index = 0; index < frozen.length; index++) {
          yield frozen[index]!.subarray(0, size - index * PIECE_BYTES);
          frozen[index] = undefined;
        }
      },
      release: () => {
        if (this.#frozen === frozen) this.#frozen = [];
      },
    };
  }

  #writable(index: number): Uint8Array {
    // A file may be written beyond its end; what is between reads as zeros.
    while (this.#pieces.length <= index) this.#pieces.push(new Uint8Array(PIECE_BYTES));
    const piece = this.#pieces[index]!;
    if (this.#frozen[index] !== piece) return piece;
    return (this.#pieces[index] = piece.slice());
  }
}

export interface FrozenFile {
  readonly size: number;
  /** Each piece is valid until the next one is asked for. */
  pieces(): Iterable<Uint8Array>;
  release(): void;
}
