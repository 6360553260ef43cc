import { join } from 'node:path';
import * as vscode from 'vscode';
import { CREW_FILE_NAME } from '../crew-file/crew-file-presence.ts';
import { crewOf } from '../link-state.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command-context.ts';
import { noCrewFile } from './no-crew-file.ts';

export async function openCrewFile(context: CommandContext): Promise<void> {
  const { state } = context.link;
  if (state.kind === 'noWorkspace')
    throw new Refusal('No folder is open.', 'Open the folder your work is in.');
  if (!context.crewFile.exists) throw noCrewFile();
  const file = crewOf(state)?.crewFile.file ?? join(state.place.folder, CREW_FILE_NAME);
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}
