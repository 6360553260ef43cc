/**
 * Reads the journal behind a snapshot and judges it, without changing a byte. What may be found:
 * - all records whole and in order
 * - a torn tail: bytes at the end that are no whole record, and nothing behind them that was made after they had been
 *   flushed. A process or a machine ended in the middle of a write; nobody was told of it, so the tail can be cut
 * - damage: a broken record that is known to have been flushed. What follows it may have been acknowledged, so it is salvaged
 *   (`journal-salvage.ts`)
 * - a gap: events between the snapshot and the journal, or between two records, are missing. Judged in the same way
 * - a version this program does not know. Refused
 */
import { join } from 'node:path';
import { StoreError } from './store-error.ts';
import type { FileSystem } from './file-system.ts';
import {
  decodeRecord,
  firstSequenceOf,
  HEADER,
  JOURNAL_VERSION,
  parseHeader,
  type RecordSummary,
} from './journal-format.ts';
import { readLines, type Line } from './line-reader.ts';

export interface SegmentFile {
  path: string;
  first: number;
}

export interface ScannedJournal {
  /** The segments that stay, oldest first. */
  kept: SegmentFile[];
  /** How many of them, from the oldest, a snapshot covers; they were not read. */
  covered: number;
  /** Bytes of whole lines in the last one of `kept`; 0 when not even its header is whole. */
  end: number;
  /** False when the journal's last segment cannot be gone on with: the snapshot is ahead of it, or it is damaged. */
  reachesEnd: boolean;
  /** The last one of `kept` was begun by an older version, which must not find in it what it does not know. */
  outdated: boolean;
  /** Segments behind a torn tail. Nothing in them was ever flushed. */
  dropped: SegmentFile[];
  tornBytes: number;
  /** Sequence number of the last whole record, or of the snapshot when it is newer. */
  lastSequence: number;
  snapshotSequence: number;
  /** There is no snapshot to begin from, and the first events are not in the journal either. */
  beginsLate: boolean;
  damage?: JournalDamage;
}

export interface JournalDamage {
  /** For a person: what is wrong, and where. */
  problem: string;
  /** The first segment behind which, or in which, records were not taken: its place in `kept`. */
  index: number;
}

/** Where the journal stops being whole. */
interface Tear {
  /** The last segment of which something is kept; undefined when the first one is missing. */
  segment: SegmentFile | undefined;
  /** The segment in which it was noticed. */
  noticed: SegmentFile;
  /** The first event that may be lost. */
  sequence: number;
  /** What to say if that event had been flushed. */
  problem: string;
}

/** The segments of a journal, oldest first. */
export function listSegments(files: FileSystem, folder: string): SegmentFile[] {
  if (!files.exists(folder)) return [];
  return files
    .list(folder)
    .map((name) => ({ path: join(folder, name), first: firstSequenceOf(name) }))
    .filter((segment): segment is SegmentFile => segment.first !== undefined)
    .sort((a, b) => a.first - b.first);
}

/** Calls `replay` with each record behind `snapshotSequence`, in order, and waits for it. */
export async function scanJournal(
  files: FileSystem,
  folder: string,
  snapshotSequence: number,
  replay: (text: string, count: number) => Promise<void> | void,
): Promise<ScannedJournal> {
  const segments = listSegments(files, folder);
  const start = Math.max(
    0,
    segments.findLastIndex((segment) => segment.first <= snapshotSequence + 1),
  );
  const scan = new Scan(snapshotSequence);
  for (const [index, segment] of segments.entries()) {
    if (index < start) continue;
    scan.beginSegment(segment);
    const descriptor = files.openToRead(segment.path);
    try {
      for (const line of readLines(files, descriptor)) {
        const record = scan.take(line);
        if (record) await replay(record.text, record.summary.last - record.summary.first + 1);
      }
      scan.endSegment(files.size(descriptor));
    } finally {
      files.close(descriptor);
    }
  }
  return scan.result(segments, start);
}

/** A header that a crash cut short, or parts of it that read as zeros because the machine stopped before they were stored. */
function neverReachedTheDisk(line: Line): boolean {
  const found = line.bytes.subarray(0, HEADER.length);
  return found.every((byte, index) => byte === 0 || byte === HEADER.charCodeAt(index));
}

/** What is known after each line. */
class Scan {
  readonly #snapshotSequence: number;
  /** The sequence number the next record must have; undefined before the first one. */
  #next: number | undefined;
  #segment: SegmentFile = { path: '', first: 0 };
  #headerDue = true;
  #end = 0;
  #minor = JOURNAL_VERSION.minor;
  #tear: Tear | undefined;
  /** What is torn had been flushed. */
  #isDamage = false;
  #beginsLate = false;
  #records = 0;
  #foreign: StoreError | undefined;
  #tornBytes = 0;

  constructor(snapshotSequence: number) {
    this.#snapshotSequence = snapshotSequence;
  }

  beginSegment(segment: SegmentFile): void {
    const before = this.#next === undefined ? undefined : this.#segment;
    this.#segment = segment;
    this.#headerDue = true;
    this.#next ??= this.#firstExpected(segment);
    if (this.#tear) return;
    if (segment.first !== this.#next) this.#tearBetween(before, segment.first);
    else this.#end = 0;
  }

  /** Returns the record when it is one to replay. */
  take(line: Line): { summary: RecordSummary; text: string } | undefined {
    if (this.#headerDue) {
      this.#takeHeader(line);
      return undefined;
    }
    const record = line.ended ? decodeRecord(line.bytes) : undefined;
    if (record) this.#records++;
    if (!this.#tear) {
      if (!record) this.#tearAt(line.offset, 'a record is broken');
      else if (record.summary.first !== this.#next) this.#tearBetween(this.#segment, record.summary.first);
    }
    if (this.#tear) {
      if (record && record.summary.flushed >= this.#tear.sequence) this.#isDamage = true;
      return undefined;
    }
    this.#next = record!.summary.last + 1;
    this.#end = line.offset + line.bytes.length + 1;
    return record!.summary.last > this.#snapshotSequence ? record : undefined;
  }

  endSegment(size: number): void {
    if (this.#headerDue && !this.#tear) this.#tearAt(0, 'it is empty');
    if (this.#tear) this.#tornBytes += size - (this.#tear.segment === this.#segment ? this.#end : 0);
  }

  result(segments: SegmentFile[], covered: number): ScannedJournal {
    // Nothing in it is ours and there is nothing else to go on from: it was put there by somebody.
    if (this.#foreign && this.#records === 0 && this.#snapshotSequence === 0) throw this.#foreign;
    const judged = {
      covered,
      lastSequence: Math.max(this.#snapshotSequence, (this.#next ?? 1) - 1),
      snapshotSequence: this.#snapshotSequence,
      beginsLate: this.#beginsLate,
    };
    if (this.#tear && this.#isDamage) {
      const damage = { problem: this.#tear.problem, index: segments.indexOf(this.#tear.noticed) };
      const whole = { end: 0, reachesEnd: false, outdated: false, dropped: [], tornBytes: 0 };
      return { ...judged, ...whole, kept: segments, damage };
    }
    const keptCount = this.#tear
      ? segments.findIndex((segment) => segment === this.#tear?.segment) + 1
      : segments.length;
    return {
      ...judged,
      kept: segments.slice(0, keptCount),
      end: this.#end,
      reachesEnd: (this.#next ?? 0) > this.#snapshotSequence,
      outdated: this.#end > 0 && this.#minor < JOURNAL_VERSION.minor,
      dropped: segments.slice(keptCount),
      tornBytes: this.#tornBytes,
    };
  }

  /** A snapshot is published only when the segment behind it is on the disk; without one, that segment is the first of all. */
  #firstExpected(segment: SegmentFile): number {
    const expected = this.#snapshotSequence + 1;
    if (segment.first <= expected) return segment.first;
    if (this.#snapshotSequence > 0) this.#isDamage = true;
    else this.#beginsLate = true;
    return expected;
  }

  #takeHeader(line: Line): void {
    this.#headerDue = false;
    const version = line.ended ? parseHeader(line.bytes.toString('latin1')) : undefined;
    if (version) {
      const { major, minor } = JOURNAL_VERSION;
      if (version.major !== major || version.minor > minor) throw this.#unknownVersion(version);
      if (!this.#tear) {
        this.#end = line.bytes.length + 1;
        this.#minor = version.minor;
      }
    } else if (neverReachedTheDisk(line)) {
      if (!this.#tear) this.#tearAt(0, 'its header is broken');
    } else {
      // No crash leaves this.
      this.#isDamage = true;
      if (!this.#tear) this.#tearAt(0, 'it does not begin as a journal does');
      this.#foreign ??= new StoreError(
        this.#damaged(0, 'it does not begin as a journal does'),
        this.#segment.path,
        'Nothing was changed. Restore this file from a backup, or move the folder .nightcrew away to start afresh.',
      );
    }
  }

  #tearAt(offset: number, reason: string): void {
    const segment = this.#segment;
    this.#tear = { segment, noticed: segment, sequence: this.#next!, problem: this.#damaged(offset, reason) };
  }

  #tearBetween(before: SegmentFile | undefined, found: number): void {
    const problem = `Events ${this.#next!} to ${found - 1} are missing in front of ${this.#segment.path}.`;
    this.#tear = { segment: before, noticed: this.#segment, sequence: this.#next!, problem };
  }

  #damaged(offset: number, reason: string): string {
    return `The journal is damaged at byte ${offset} of ${this.#segment.path}: ${reason}.`;
  }

  #unknownVersion(version: { major: number; minor: number }): StoreError {
    const ours = `${JOURNAL_VERSION.major}.${JOURNAL_VERSION.minor}`;
    return new StoreError(
      `The journal has version ${version.major}.${version.minor}; this Nightcrew reads version ${ours}.`,
      this.#segment.path,
      'Nothing was changed. Update Nightcrew to the version that was used last in this workspace.',
    );
  }
}
