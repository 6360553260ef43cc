/**
 * What can be done about a supervisor that cannot be worked with, as rows of the Workers view. Not as its welcome: the message
 * above the rows says what is wrong, and VS Code shows no welcome in a view that has a message.
 */
import * as vscode from 'vscode';
import { CommandId } from '../contributions.ts';
import type { Situation } from '../situation.ts';

interface RefusalAction {
  command: CommandId;
  title: string;
  icon: string;
}

const TRY_AGAIN: RefusalAction = { command: CommandId.startSupervisor, title: 'Try Again', icon: 'refresh' };
const SHOW_LOG: RefusalAction = { command: CommandId.showLog, title: 'Show Log', icon: 'output' };
const TAKE_OVER: RefusalAction = { command: CommandId.takeOver, title: 'Take Over…', icon: 'vm-connect' };

const ACTIONS: Partial<Record<Situation, readonly RefusalAction[]>> = {
  refused: [TRY_AGAIN, SHOW_LOG],
  elsewhere: [TAKE_OVER, TRY_AGAIN, SHOW_LOG],
};

export function refusalActions(situation: Situation): readonly RefusalAction[] {
  return ACTIONS[situation] ?? [];
}

/** A row that does it when it is clicked. */
export function refusalActionItem({ command, title, icon }: RefusalAction): vscode.TreeItem {
  const item = new vscode.TreeItem(title);
  item.id = `action:${command}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.command = { command, title };
  return item;
}
