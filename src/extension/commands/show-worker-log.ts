import * as vscode from 'vscode';
import type { WorkerView } from '../../control/crew-state.ts';
import { crewOf } from '../link-state.ts';
import { Refusal } from '../refusal.ts';
import type { CommandContext } from './command-context.ts';
import { chooseWorker } from './choose-worker.ts';
import type { WorkerTarget } from './worker-target.ts';

/** Opens the log file of one worker at its end, where the news is. */
export async function showWorkerLog(context: CommandContext, target?: WorkerTarget): Promise<void> {
  const crew = crewOf(context.link.state);
  if (!crew) context.link.client();
  const worker = await chooseWorker(crew?.workers ?? [], 'Show Worker Log', target);
  if (!worker) return;
  const editor = await vscode.window.showTextDocument(await openLog(worker), { preview: true });
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(end, end));
}

async function openLog(worker: WorkerView): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.file(worker.logFile));
  } catch {
    throw new Refusal(`${worker.id} has written no log yet.`, `It will be ${worker.logFile}.`);
  }
}
