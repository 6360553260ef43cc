/**
 * The last lines of a log, read from its end and over its rotations: a log may have 10 MB, its reader wants ten lines, and
 * it may have been rotated a moment ago.
 */
import type { FileHandle } from 'node:fs/promises';
import { KEPT_LOGS, logFileOfAge } from './log-files.ts';
import { openIfThere } from './open-if-there.ts';

const CHUNK = 64 * 1024;
const LINE_END = 0x0a;

/** The last `lines` lines, whole; empty when the file does not exist. */
export async function readLogTail(file: string, lines: number): Promise<string> {
  const handle = await openIfThere(file);
  if (!handle) return '';
  try {
    return (await readTail(handle, lines, file)).text;
  } finally {
    await handle.close();
  }
}

/** The last lines of an open log, and the position behind them. */
export async function readTail(
  handle: FileHandle,
  lines: number,
  file: string,
): Promise<{ text: string; end: number }> {
  const opened = await handle.stat({ bigint: true });
  const end = Number(opened.size);
  let bytes = await readEnd(handle, end, lines);
  for (let age = 1; age <= KEPT_LOGS && countLines(bytes) < lines; age++) {
    const older = await openIfThere(logFileOfAge(file, age));
    if (!older) break;
    try {
      const { ino, dev, size } = await older.stat({ bigint: true });
      // Rotated since it was opened: what is before it has another name now.
      if (ino === opened.ino && dev === opened.dev) continue;
      bytes = Buffer.concat([await readEnd(older, Number(size), lines - countLines(bytes)), bytes]);
    } finally {
      await older.close();
    }
  }
  return { text: bytes.toString('utf8'), end };
}

async function readEnd(handle: FileHandle, end: number, lines: number): Promise<Buffer> {
  let start = end;
  let bytes = Buffer.alloc(0);
  // The line's end at the very end of the file ends the last line and begins no other.
  while (start > 0 && countLineEnds(bytes.subarray(0, -1)) < lines) {
    const length = Math.min(CHUNK, start);
    const chunk = Buffer.alloc(length);
    await handle.read(chunk, 0, length, start - length);
    bytes = Buffer.concat([chunk, bytes]);
    start -= length;
  }
  return bytes.subarray(startOfLast(bytes, lines));
}

function countLines(bytes: Buffer): number {
  return bytes.length === 0 ? 0 : countLineEnds(bytes.subarray(0, -1)) + 1;
}

function countLineEnds(bytes: Buffer): number {
  let count = 0;
  for (let index = bytes.indexOf(LINE_END); index >= 0; index = bytes.indexOf(LINE_END, index + 1))
    count += 1;
  return count;
}

function startOfLast(bytes: Buffer, lines: number): number {
  if (lines === 0) return bytes.length;
  let position = bytes.length - 1;
  for (let found = 0; found < lines; found++) {
    position = position <= 0 ? -1 : bytes.lastIndexOf(LINE_END, position - 1);
    if (position < 0) return 0;
  }
  return position + 1;
}
