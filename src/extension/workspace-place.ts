/** Which folder of the window a supervisor works for, and what may be done there. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { CREW_FILE_NAME } from './crew-file/crew-file-name.ts';
import type { WorkspacePlace } from './link-state.ts';
import type { SupervisorLink } from './supervisor-link.ts';

/** Keeps the link told of the window's folder and its trust. */
export function followWorkspace(link: SupervisorLink): vscode.Disposable {
  let question = 0;
  const update = async (): Promise<void> => {
    const current = ++question;
    const place = await findPlace();
    if (current === question) await link.setPlace(place);
  };
  void update();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}

/** The first folder that has a crew or a crew file; else the first on a disk. One window shows one crew. */
async function findPlace(): Promise<WorkspacePlace | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const used = await Promise.all(folders.map(hasCrew));
  const folder = folders[used.indexOf(true)] ?? folders[0];
  if (folder === undefined) return undefined;
  return {
    folder,
    trusted: vscode.workspace.isTrusted,
    writable: await isAccessible(folder, constants.W_OK),
  };
}

async function hasCrew(folder: string): Promise<boolean> {
  return (
    (await isAccessible(join(folder, CREW_FILE_NAME), constants.F_OK)) ||
    (await isAccessible(join(folder, '.nightcrew'), constants.F_OK))
  );
}

async function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
