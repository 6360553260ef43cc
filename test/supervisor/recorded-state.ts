/** Changes what a crew that does not run has recorded, as another history of the machine would have left it. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { runtimeFolder } from '../../src/control/runtime-folder.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import {
  decodeRecord,
  encodeRecord,
  maximumLineLength,
  parseHeader,
} from '../../src/store/journal-format.ts';
import { decodeTrailer, encodeTrailer, TRAILER_LENGTH } from '../../src/store/snapshot-trailer.ts';
import type { TemporaryCrew } from './temporary-crew.ts';

/** A boot that has the length of a real one, so that a database is changed in place. */
export const OTHER_BOOT = '00000000-0000-4000-8000-00000000b007';

const LINE_FEED = 0x0a;

/** Passes the text of every record through `change`; bytes that are no record stay as they are. */
export function changeJournal(crew: TemporaryCrew, change: (record: string) => string): void {
  for (const file of journalFiles(crew)) {
    const lines = linesOf(readFileSync(file)).map((line) => {
      const record = decodeRecord(line.at(-1) === LINE_FEED ? line.subarray(0, -1) : line);
      return record ? encoded(change(record.text)) : line;
    });
    writeFileSync(file, Buffer.concat(lines));
  }
}

/** Cuts the journal in the middle of the first record that has such an event: a tail that was torn off. */
export function tearJournal(crew: TemporaryCrew, isFirstLost: (event: JournalEvent) => boolean): void {
  for (const file of journalFiles(crew)) {
    const bytes = readFileSync(file);
    let kept = 0;
    for (const line of linesOf(bytes)) {
      const record = decodeRecord(line.subarray(0, -1));
      const events = record ? (JSON.parse(record.text) as { e: JournalEvent[] }).e : [];
      if (events.some(isFirstLost)) {
        writeFileSync(file, bytes.subarray(0, kept + Math.floor(line.length / 2)));
        return;
      }
      kept += line.length;
    }
  }
  throw new Error('The journal has no such event.');
}

/** Everything that was recorded was recorded in another boot: journal, database, keeper's record, lease and tickets. */
export function recordedInOtherBoot(crew: TemporaryCrew, bootId: string): { places: string[] } {
  const places: string[] = [];
  const changed = (place: string, before: string): string => {
    if (before.includes(bootId)) places.push(place);
    return before.replaceAll(bootId, OTHER_BOOT);
  };
  changeJournal(crew, (record) => changed('journal', record));
  const state = join(crew.workspace, '.nightcrew');
  for (const name of ['nightcrew.db', 'nightcrew.db.previous']) {
    const file = join(state, name);
    if (existsSync(file)) changeDatabase(file, (bytes) => changed(name, bytes));
  }
  const { folder } = runtimeFolder(crew.workspace, crew.environment);
  for (const name of ['keeper.json', 'supervisor.lease']) {
    const file = join(folder, name);
    if (existsSync(file)) writeFileSync(file, changed(name, readFileSync(file, 'utf8')));
  }
  const turn = join(state, 'turn');
  for (const name of readdirSync(turn)) renameSync(join(turn, name), join(turn, changed('ticket', name)));
  return { places: [...new Set(places)].sort() };
}

/** `change` must keep the length. */
function changeDatabase(file: string, change: (bytes: string) => string): void {
  const bytes = readFileSync(file);
  const trailer = decodeTrailer(bytes.subarray(-TRAILER_LENGTH));
  if (!trailer) throw new Error(`${file} has no trailer.`);
  const database = Buffer.from(change(bytes.toString('latin1', 0, trailer.length)), 'latin1');
  writeFileSync(file, Buffer.concat([database, encodeTrailer({ ...trailer, checksum: crc32(database) })]));
}

function journalFiles(crew: TemporaryCrew): string[] {
  const folder = join(crew.workspace, '.nightcrew', 'journal');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => parseHeader(readFileSync(file, 'latin1').split('\n')[0] ?? ''));
}

/** Each with its line feed, but the last one if it has none. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

function encoded(record: string): Buffer {
  const line = Buffer.alloc(maximumLineLength(record));
  return line.subarray(0, encodeRecord(record, line));
}
