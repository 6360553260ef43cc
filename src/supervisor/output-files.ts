/** Whether the files are there that a worker's newest done jobs should have left. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OutputProblem } from '../core/health-checks.ts';
import { outputFiles } from '../core/output-pattern.ts';
import type { Worker } from './worker.ts';

/** Files that were not moved away by then are looked at again and again; so many at a time. */
export async function checkOutputFiles(
  worker: Worker,
  patterns: readonly string[],
  workspace: string,
): Promise<void> {
  const { health } = worker;
  const problems: OutputProblem[] = [];
  let files = 0;
  for (const { job, parameters } of health.doneJobs) {
    for (const file of outputFiles(patterns, parameters)) {
      files++;
      const problem = await problemOf(resolve(workspace, file));
      if (problem) problems.push({ job, file, problem });
    }
  }
  health.outputs = { files, problems };
}

async function problemOf(path: string): Promise<OutputProblem['problem'] | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return 'is no file';
    return found.size === 0 ? 'is empty' : undefined;
  } catch (error) {
    // What may not be looked at, or is on a server that does not answer, is not known to be missing.
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'is missing' : undefined;
  }
}
