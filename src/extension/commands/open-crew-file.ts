import { join } from 'node:path';
import * as vscode from 'vscode';
import { CREW_FILE_NAME } from '../crew-file/crew-file-name.ts';
import { crewOf } from '../link-state.ts';
import type { CommandContext } from './command-context.ts';
import { noCrewFile, noFolderOpen } from '../refusals.ts';

export async function openCrewFile(context: CommandContext): Promise<void> {
  const { state } = context.link;
  if (state.kind === 'noWorkspace') throw noFolderOpen();
  if (!context.crewFile.exists) throw noCrewFile();
  const file = crewOf(state)?.crewFile.file ?? join(state.place.folder, CREW_FILE_NAME);
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}
