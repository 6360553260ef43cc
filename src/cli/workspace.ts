/** Which folder a command is about. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CREW_FILE_NAME } from '../core/crew-file.ts';
import { badInput } from './cli-error.ts';

/**
 * The folder that was named, or else the nearest one above `folder` (itself included) that holds a crew file, or else
 * `folder`. Throws CliError when the named folder does not exist.
 */
export function findWorkspace(folder: string, named: string | undefined): string {
  if (named !== undefined) return requireFolder(resolve(folder, named));
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (existsSync(join(candidate, CREW_FILE_NAME))) return realpathSync(candidate);
    if (candidate === dirname(candidate)) return realpathSync(folder);
  }
}

function requireFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(path);
  throw badInput(`The workspace folder ${path} does not exist.`, 'Name an existing folder.');
}
