/**
 * Warns of a workspace or a runtime folder that is not on a local disk, once for each workspace and reason: what was told
 * is remembered in the state folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Notice } from '../control/api.ts';
import { folderWarning, judgeFolder } from '../core/folder-place.ts';
import { readFolderFacts } from './folder-facts.ts';
import type { Log } from './log.ts';

const KEEP_LOCAL =
  'Keep the workspace on a local disk and copy its results from there; one machine at a time may run its crew.';
const SET_RUNTIME =
  'Set NIGHTCREW_RUNTIME_DIR to a folder on a local disk, such as one below /run/user or /tmp.';

/** Told when the files of the state folder had to be written anew under a crew that works. */
export const FILES_PUT_BACK: Notice = {
  severity: 'warning',
  message:
    'Files of the folder .nightcrew were removed or replaced while the crew used them. They were written anew; nothing of the queue is lost.',
  nextStep:
    'Keep `git clean`, and programs that copy or restore folders, away from .nightcrew; end the crew (`nightcrew down`) before you remove it.',
};

export interface FolderWarning {
  notice: Notice;
  /** To be called when somebody was told. */
  remember: () => void;
}

export async function folderWarnings(
  {
    workspace,
    stateFolder,
    runtimeFolder,
  }: { workspace: string; stateFolder: string; runtimeFolder: string },
  log: Log,
): Promise<FolderWarning[]> {
  const file = join(stateFolder, 'warned.json');
  const warnings: FolderWarning[] = [];
  for (const [what, folder, remedy] of [
    ['The workspace', workspace, KEEP_LOCAL],
    ["Nightcrew's runtime folder", runtimeFolder, SET_RUNTIME],
  ] as const) {
    const facts = await readFolderFacts(folder);
    const risk = judgeFolder(facts);
    if (!risk) continue;
    const notice: Notice = { severity: 'warning', ...folderWarning(what, facts, risk, remedy) };
    log.warn(`${notice.message} ${notice.nextStep}`);
    const key = `${what}: ${risk.kind}, ${risk.keeper}`;
    if (readTold(file).includes(key)) continue;
    warnings.push({ notice, remember: () => writeTold(file, [...readTold(file), key], log) });
  }
  return warnings;
}

function readTold(file: string): string[] {
  try {
    const told = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    return Array.isArray(told) ? told.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

function writeTold(file: string, told: string[], log: Log): void {
  try {
    writeFileSync(file, `${JSON.stringify(told)}\n`, { mode: 0o600 });
  } catch (error) {
    log.warn(`What was told cannot be remembered in ${file}: ${(error as Error).message}`);
  }
}
