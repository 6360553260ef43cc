/** Reads what can still be read behind damage in the journal. Changes no file. */
import type { FileSystem } from './file-system.ts';
import { decodeRecord, parseHeader } from './journal-format.ts';
import type { SegmentFile } from './journal-scan.ts';
import { readLines, type Line } from './line-reader.ts';

export interface SalvagedJournal {
  lastSequence: number;
  /** Events behind the damage that were read. */
  salvaged: number;
  /** Events that are missing, as their numbers tell. */
  lost: number;
  /** Bytes that are no whole record. */
  brokenBytes: number;
  /** There are such bytes behind the last record. */
  brokenEnd: boolean;
}

/** Calls `replay` with every whole record behind `lastSequence`, in order. */
export async function salvageJournal(
  files: FileSystem,
  segments: readonly SegmentFile[],
  lastSequence: number,
  replay: (text: string, count: number) => Promise<void> | void,
): Promise<SalvagedJournal> {
  const found = { lastSequence, salvaged: 0, lost: 0, brokenBytes: 0, brokenEnd: false };
  for (const { path } of segments) {
    const descriptor = files.openToRead(path);
    try {
      for (const line of readLines(files, descriptor)) {
        const record = line.ended ? decodeRecord(line.bytes) : undefined;
        if (!record) {
          if (isHeader(line)) continue;
          found.brokenBytes += line.bytes.length + (line.ended ? 1 : 0);
          found.brokenEnd = true;
          continue;
        }
        found.brokenEnd = false;
        const { first, last } = record.summary;
        if (first <= found.lastSequence) continue;
        await replay(record.text, last - first + 1);
        found.lost += first - found.lastSequence - 1;
        found.salvaged += last - first + 1;
        found.lastSequence = last;
      }
    } finally {
      files.close(descriptor);
    }
  }
  return found;
}

function isHeader({ bytes, ended, offset }: Line): boolean {
  return ended && offset === 0 && parseHeader(bytes.toString('latin1')) !== undefined;
}
