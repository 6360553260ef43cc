import * as vscode from 'vscode';
import { folderOf } from '../link-state.ts';
import { showError } from '../show-error.ts';
import type { CommandContext } from './command-context.ts';
import { COMMANDS } from './command-table.ts';

/** Registers the table. A failure of any command ends here: told once, and not thrown at VS Code's own dialog. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const registrations = Object.entries(COMMANDS).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...callArguments: unknown[]) => {
      try {
        await handler(context, ...callArguments);
      } catch (error) {
        showError(error, folderOf(context.link.state), context.log);
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
