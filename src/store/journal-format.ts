/**
 * The journal's bytes. A segment is a text file: a header line, then one line for each record,
 *
 *     nightcrew-journal 1.1
 *     5f0c3a91 {"s":17,"n":2,"f":16,"t":1763780000000,"e":[{"type":"job.claimed",…},{…}]}
 *
 * which is the CRC-32 of the JSON in 8 hexadecimal digits, a space, the JSON and a line feed.
 * - `s` sequence number of the first event, `n` how many events there are: a record is whole or not there, so the events
 *   that were appended together stand or fall together
 * - `f` sequence number through which the journal was known to be on the disk when the record was made. It tells two
 *   kinds of broken bytes apart after a power cut: the disk may keep a later page and lose an earlier one of what was never
 *   flushed (harmless, nobody was told), but what was flushed must be there (damage)
 * - `t` time of its events, milliseconds since 1970
 *
 * A minor version adds what an older reader would not understand; a major version changes the lines themselves. A segment holds
 * events of its header's version only: who goes on with an older journal begins a new segment.
 * 1.1: `worker.ending`, `job.interrupted`, `job.resent`, `supervisor.started`, `supervisor.ended`; the outcome `lost`
 */
import { crc32 } from 'node:zlib';

const MAGIC = 'nightcrew-journal';
export const JOURNAL_VERSION = { major: 1, minor: 1 };
export const HEADER = `${MAGIC} ${JOURNAL_VERSION.major}.${JOURNAL_VERSION.minor}\n`;

/** Bytes in front of a record's JSON: the checksum and a space. */
export const CHECKSUM_LENGTH = 9;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const SEGMENT_NAME = /^(\d{16})\.log$/;

export interface RecordSummary {
  /** Sequence number of its first event. */
  first: number;
  /** Sequence number of its last event. */
  last: number;
  /** Sequence number through which the journal had been flushed when the record was made. */
  flushed: number;
}

export function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(16, '0')}.log`;
}

/** The first sequence number of a segment, or undefined when the name is not one of ours. */
export function firstSequenceOf(name: string): number | undefined {
  const match = SEGMENT_NAME.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** Undefined when the line is not a header of any version. */
export function parseHeader(line: string): { major: number; minor: number } | undefined {
  const match = /^nightcrew-journal (\d+)\.(\d+)$/.exec(line);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** `events` are the JSON texts of the events, joined by commas. */
export function recordText(
  first: number,
  count: number,
  flushed: number,
  time: number,
  events: string,
): string {
  return `{"s":${first},"n":${count},"f":${flushed},"t":${time},"e":[${events}]}`;
}

/** Writes the line of a record into `into`, which must have room for it. Returns how many bytes the line has. */
export function encodeRecord(text: string, into: Buffer): number {
  const end = CHECKSUM_LENGTH + into.write(text, CHECKSUM_LENGTH);
  const checksum = crc32(into.subarray(CHECKSUM_LENGTH, end));
  into.write(checksum.toString(16).padStart(8, '0'), 0, 'latin1');
  into[CHECKSUM_LENGTH - 1] = SPACE;
  into[end] = LINE_FEED;
  return end + 1;
}

/** A bound that needs no look at the text: a UTF-16 unit takes at most three bytes of UTF-8. */
export function maximumLineLength(text: string): number {
  return CHECKSUM_LENGTH + text.length * 3 + 1;
}

export function exactLineLength(text: string): number {
  return CHECKSUM_LENGTH + Buffer.byteLength(text) + 1;
}

/** Reads a line without its line feed. Undefined when its checksum or its shape is wrong. */
export function decodeRecord(line: Buffer): { summary: RecordSummary; text: string } | undefined {
  if (line.length <= CHECKSUM_LENGTH || line[CHECKSUM_LENGTH - 1] !== SPACE) return undefined;
  const json = line.subarray(CHECKSUM_LENGTH);
  const expected = line.toString('latin1', 0, CHECKSUM_LENGTH - 1);
  if (crc32(json).toString(16).padStart(8, '0') !== expected) return undefined;
  const text = json.toString('utf8');
  const match = /^\{"s":(\d+),"n":(\d+),"f":(\d+),/.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  return { summary: { first, last: first + Number(match[2]) - 1, flushed: Number(match[3]) }, text };
}
