import * as vscode from 'vscode';
import { CommandId } from '../contributions.ts';
import type { CrewFilePresence } from '../crew-file/crew-file-presence.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { statusBarText } from './status-bar-text.ts';

/** On the left, where what concerns the whole workspace stands. */
export function createStatusBar(link: SupervisorLink, crewFile: CrewFilePresence): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('nightcrew.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Nightcrew';
  let drawn = '';
  const update = (): void => {
    const text = statusBarText(link.state, crewFile.exists);
    // Ten deltas a second come while jobs run; an item that is set anew each time closes its own hover.
    const next = JSON.stringify(text);
    if (next === drawn) return;
    drawn = next;
    if (!text) {
      item.hide();
      return;
    }
    item.text = text.text;
    item.tooltip = new vscode.MarkdownString(text.tooltip, true);
    item.tooltip.isTrusted = { enabledCommands: Object.values(CommandId) };
    item.accessibilityInformation = { label: text.spoken, role: 'button' };
    item.backgroundColor = text.warning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.command = text.command;
    item.show();
  };
  update();
  const stops = [link.onDidChange(update), crewFile.onDidChange(update)];
  return vscode.Disposable.from(item, { dispose: () => stops.forEach((stop) => stop()) });
}
