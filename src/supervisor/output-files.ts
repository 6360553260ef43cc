/**
 * Whether the files that a worker's newest done jobs should have left are there and whole. Looked at again with every round of the
 * monitor, so what one holds is read only when it has changed, and when nobody writes into it any more.
 */
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OutputProblem } from '../core/health-checks.ts';
import { contentProblem, type FileEnds } from '../core/output-integrity.ts';
import { outputFiles } from '../core/output-pattern.ts';
import type { Worker } from './worker.ts';

/** Bytes of a file that is read whole; of a larger one, so many of each end. */
const READ_WHOLE = 256 * 1024;
const READ_END = 16 * 1024;
/** Milliseconds since its last change: another job may be writing into it. */
const QUIET = 5_000;

/** What was found in a file, as it was then. */
export interface SeenOutput {
  size: number;
  changed: number;
  problem: OutputProblem['problem'] | undefined;
}

/** `now`: milliseconds since 1970. */
export async function checkOutputFiles(
  worker: Worker,
  patterns: readonly string[],
  workspace: string,
  now: number,
): Promise<void> {
  const { health } = worker;
  const problems: OutputProblem[] = [];
  const seen = new Map<string, SeenOutput>();
  let files = 0;
  for (const { job, parameters } of [...health.doneJobs]) {
    for (const file of outputFiles(patterns, parameters)) {
      files++;
      const path = resolve(workspace, file);
      const found = seen.get(path) ?? (await look(path, health.seenOutputs.get(path), now));
      seen.set(path, found);
      if (found.problem) problems.push({ job, file, problem: found.problem });
    }
  }
  health.seenOutputs = seen;
  health.outputs = { files, problems };
}

async function look(path: string, before: SeenOutput | undefined, now: number): Promise<SeenOutput> {
  try {
    const found = await stat(path);
    const { size, mtimeMs: changed } = found;
    if (!found.isFile()) return { size, changed, problem: 'is no file' };
    if (size === 0) return { size, changed, problem: 'is empty' };
    if (before?.size === size && before.changed === changed) return before;
    // Judged when it has come to rest; until then nothing is known against it.
    if (Math.abs(now - changed) < QUIET) return { size: -1, changed, problem: undefined };
    return { size, changed, problem: contentProblem(path, await readEnds(path, size)) };
  } catch (error) {
    // What may not be looked at, or is on a server that does not answer, is not known to be missing.
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return { size: -1, changed: 0, problem: isMissing ? 'is missing' : undefined };
  }
}

async function readEnds(path: string, size: number): Promise<FileEnds> {
  const file = await open(path, 'r');
  try {
    const read = async (position: number, length: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.toString('utf8', 0, bytesRead);
    };
    if (size <= READ_WHOLE) {
      const whole = await read(0, size);
      return { head: whole, tail: whole, isWhole: true };
    }
    return {
      head: await read(0, READ_END),
      tail: await read(size - READ_END, READ_END),
      isWhole: false,
    };
  } finally {
    await file.close();
  }
}
