/** How every failed command is told: once, in words, with its next step, and with a button that takes one there. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import { fullText } from '../control/full-text.ts';
import { CommandId } from './contributions.ts';
import { filePlaceOf } from './error-place.ts';
import { Refusal } from './refusal.ts';

interface ErrorAction {
  title: string;
  run(): unknown;
}

export function showError(error: unknown, folder: string | undefined, log: vscode.LogOutputChannel): void {
  if (error instanceof Refusal) {
    const { action } = error;
    log.info(fullText(error));
    const actions = action
      ? [{ title: action.title, run: () => vscode.commands.executeCommand(action.command) }]
      : [];
    show(vscode.window.showWarningMessage, fullText(error), actions);
    return;
  }
  const showLog = { title: 'Show Log', run: () => log.show() };
  if (error instanceof ControlError) {
    log.error(`${error.message}${error.place ? ` (${error.place})` : ''}`);
    const actions = [...takeOverAction(error), ...openPlaceAction(error, folder), showLog];
    show(vscode.window.showErrorMessage, fullText(error), actions);
    return;
  }
  const fault = error instanceof Error ? error : new Error(String(error));
  log.error(fault);
  show(vscode.window.showErrorMessage, fault.message, [showLog]);
}

type ShowMessage = (message: string, ...titles: string[]) => Thenable<string | undefined>;

/** Not awaited: a message stays for as long as it likes, and the command has ended. */
function show(showMessage: ShowMessage, message: string, actions: ErrorAction[]): void {
  void showMessage(message, ...actions.map(({ title }) => title)).then((chosen) =>
    actions.find(({ title }) => title === chosen)?.run(),
  );
}

function takeOverAction({ code }: ControlError): ErrorAction[] {
  if (code !== ControlErrorCode.elsewhere) return [];
  return [{ title: 'Take Over…', run: () => vscode.commands.executeCommand(CommandId.takeOver) }];
}

function openPlaceAction(error: ControlError, folder: string | undefined): ErrorAction[] {
  const place = filePlaceOf(error.place, folder);
  if (!place) return [];
  const position = new vscode.Position(Math.max(0, place.line - 1), 0);
  return [
    {
      title: `Open ${basename(place.file)}:${place.line}`,
      run: () =>
        vscode.window.showTextDocument(vscode.Uri.file(place.file), {
          selection: new vscode.Range(position, position),
        }),
    },
  ];
}
