import * as vscode from 'vscode';
import { CREW_FILE_NAME } from '../crew-file/crew-file-name.ts';
import { STARTER_CREW_FILE, STARTER_WORKER, STARTER_WORKER_NAME } from '../crew-file/starter-crew.ts';
import { Refusal } from '../refusal.ts';
import { noFolderOpen } from '../refusals.ts';
import type { CommandContext } from './command-context.ts';

/** Writes a small crew that runs as it is, and opens it. Writes over nothing: a file that is there is opened. */
export async function createCrewFile(context: CommandContext): Promise<void> {
  const { state } = context.link;
  if (state.kind === 'noWorkspace') throw noFolderOpen();
  const folder = vscode.Uri.file(state.place.folder);
  const crewFile = vscode.Uri.joinPath(folder, CREW_FILE_NAME);
  const edit = new vscode.WorkspaceEdit();
  addFile(edit, crewFile, STARTER_CREW_FILE);
  addFile(edit, vscode.Uri.joinPath(folder, STARTER_WORKER_NAME), STARTER_WORKER);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Refusal(
      `${CREW_FILE_NAME} could not be written to ${folder.fsPath}.`,
      'Is the folder read-only?',
    );
  }
  await vscode.window.showTextDocument(crewFile);
}

function addFile(edit: vscode.WorkspaceEdit, file: vscode.Uri, contents: string): void {
  edit.createFile(file, { ignoreIfExists: true, contents: new TextEncoder().encode(contents) });
}
