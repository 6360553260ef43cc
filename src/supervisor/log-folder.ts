/** The folder that somebody wants the workers' logs in. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';

/** Makes the folder, if need be. Throws when nothing can be written into it: its workers would say nothing. `from`: who named it. */
export function requireLogFolder(folder: string, from: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new ControlError(
      ControlErrorCode.badInput,
      `No logs can be written into ${folder}: ${(error as Error).message}.`,
      {
        place: from,
        nextStep: `Make the folder writable, name another one in ${from}, or leave ${from} out.`,
      },
    );
  }
}

/** Not `recursive`: on a file system that answers ENOENT to every mkdir, such as /proc, that never ends. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, 0o700);
}
