/** The last lines of a log file, read from its end: a log may have 10 MB, and its reader wants ten lines. */
import { open, type FileHandle } from 'node:fs/promises';

const CHUNK = 64 * 1024;

/** The last `lines` lines, whole; empty when the file does not exist. */
export async function readLogTail(file: string, lines: number): Promise<string> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    return (await readTail(handle, lines)).text;
  } finally {
    await handle.close();
  }
}

/** The last lines of an open file, and the position behind them. */
export async function readTail(handle: FileHandle, lines: number): Promise<{ text: string; end: number }> {
  const { size: end } = await handle.stat();
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
  return { text: bytes.subarray(startOfLast(bytes, lines)).toString('utf8'), end };
}

const LINE_END = 0x0a;

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
