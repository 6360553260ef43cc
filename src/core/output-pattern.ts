/** Names of the files a job should leave, as a pool declares them: `results/{site}-{seed}.csv`, filled in as a command line is. */
import { fillPlaceholders } from './placeholders.ts';
import type { Parameters } from './job.ts';

/** A name that asks for a parameter which the job does not have means nothing to it. */
export function outputFiles(patterns: readonly string[], parameters: Parameters): string[] {
  return patterns.flatMap((pattern) => {
    const { command, unknown } = fillPlaceholders([pattern], parameters);
    return unknown.length === 0 ? command : [];
  });
}
