/**
 * The last bytes of a snapshot, behind the database:
 *
 *     nightcrew-snapshot 1 5f0c3a91 0000000374000000
 *
 * a line feed, the version, the CRC-32 of the database in 8 hexadecimal digits, its length in 16 decimal ones and a line feed.
 * SQLite's own check does not see a changed byte in a text, and takes seconds for a million jobs.
 *
 * It stands in the same file, so that one rename publishes both. SQLite does not see it: since 2010 a database says in its header
 * how many pages it has, and what is behind them is ignored, and overwritten when the database grows.
 */
const FORMAT = /^\nnightcrew-snapshot 1 ([0-9a-f]{8}) (\d{16})\n$/;

export interface SnapshotTrailer {
  checksum: number;
  /** Bytes of the database in front of it. */
  length: number;
}

export function encodeTrailer({ checksum, length }: SnapshotTrailer): Buffer {
  const sum = checksum.toString(16).padStart(8, '0');
  return Buffer.from(`\nnightcrew-snapshot 1 ${sum} ${String(length).padStart(16, '0')}\n`, 'latin1');
}

export const TRAILER_LENGTH = encodeTrailer({ checksum: 0, length: 0 }).length;

/** Undefined when the bytes are none: the database was written by another program, or what was there is broken. */
export function decodeTrailer(bytes: Buffer): SnapshotTrailer | undefined {
  const match = FORMAT.exec(bytes.toString('latin1'));
  return match ? { checksum: parseInt(match[1]!, 16), length: Number(match[2]) } : undefined;
}
