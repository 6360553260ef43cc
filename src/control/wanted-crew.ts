/**
 * A note in the state folder that the crew is wanted, for a face to see without reading the journal. When supervisor and keeper
 * are both gone, killed or with the machine, nobody is left who brings them back; a window that sees the note does. It decides
 * nothing else: what is wanted stands in the journal, and a supervisor that was started for nothing ends by itself.
 *
 * It says where the crew was wanted, so that a folder that was copied, or is synced to another machine, starts nothing there.
 */
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOfThisProcess } from './workspace-turn.ts';

function noteOf(stateFolder: string): string {
  return `${placeOfThisProcess()} ${realpathSync(stateFolder)}\n`;
}

function noteFile(stateFolder: string): string {
  return join(stateFolder, 'wanted');
}

/** `stateFolder`: `<workspace>/.nightcrew` */
export function noteWanted(stateFolder: string, wanted: boolean): void {
  try {
    if (wanted) writeFileSync(noteFile(stateFolder), noteOf(stateFolder), { mode: 0o600 });
    else rmSync(noteFile(stateFolder), { force: true });
  } catch {
    // On a full or read-only disk a person starts the crew by hand.
  }
}

/** Whether the crew of a workspace was wanted on this machine when it was last seen. */
export function isWantedHere(workspace: string): boolean {
  const stateFolder = join(workspace, '.nightcrew');
  try {
    return readFileSync(noteFile(stateFolder), 'utf8') === noteOf(stateFolder);
  } catch {
    return false;
  }
}
