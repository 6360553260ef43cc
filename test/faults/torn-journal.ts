/**
 * Leaves behind the end of the journal what a crash in the middle of a write, or a power cut before a flush, leaves there.
 * Nothing whole is taken away: what was written may have been acknowledged.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosFolder } from './chaos-folder.ts';
import { segments } from './journal-archive.ts';

/** Says what was done. Called while nobody writes the journal. */
export function tearJournal({ journal }: ChaosFolder, choices: readonly [number, number, number]): string {
  const newest = segments(journal).at(-1);
  if (newest === undefined) return 'there is no journal yet';
  const file = join(journal, newest);
  const lines = readFileSync(file, 'latin1').split('\n');
  const last = lines.at(-2) ?? '';
  const half = last.slice(0, 1 + Math.floor(choices[1] * (last.length - 1)));
  const tears: [string, string][] = [
    ['half a record', half],
    ['half a record with an end of line', `${half.slice(0, -1)}\n`],
    ['zeros', '\0'.repeat(1 + Math.floor(choices[1] * 5_000))],
    ['bytes of something else', noise(choices[2], 1 + Math.floor(choices[1] * 3_000))],
    ['a flipped bit in a copy of the last record', `${last.slice(0, -2)}\x01${last.slice(-1)}\n`],
  ];
  const [name, bytes] = tears[Math.floor(choices[0] * (tears.length + 1))] ?? ['', ''];
  if (name !== '') {
    appendFileSync(file, bytes, 'latin1');
    return `${name}, ${bytes.length} bytes, behind ${newest}`;
  }
  const next = nextSegment(lines);
  if (next === undefined) return 'nothing to tear';
  const header = `${lines[0]}\n`.slice(0, Math.floor(choices[1] * 22));
  writeFileSync(join(journal, next), header, { mode: 0o600 });
  return `${next} with ${header.length} bytes of its header`;
}

/** The name of the segment that would follow the last record. */
function nextSegment(lines: readonly string[]): string | undefined {
  const match = /^[0-9a-f]{8} \{"s":(\d+),"n":(\d+),/.exec(lines.at(-2) ?? '');
  return match ? `${String(Number(match[1]) + Number(match[2])).padStart(16, '0')}.log` : undefined;
}

function noise(choice: number, length: number): string {
  let state = Math.floor(choice * 2 ** 31);
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return String.fromCharCode((state >>> 16) & 0xff);
  }).join('');
}
