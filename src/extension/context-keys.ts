import * as vscode from 'vscode';
import { ContextKey } from './contributions.ts';
import type { CrewFilePresence } from './crew-file/crew-file-presence.ts';
import { situationOf } from './situation.ts';
import type { SupervisorLink } from './supervisor-link.ts';

/** Tells VS Code what `when` clauses ask for. A key is set only when its value changed: each set re-evaluates menus. */
export function maintainContextKeys(link: SupervisorLink, crewFile: CrewFilePresence): vscode.Disposable {
  const known = new Map<ContextKey, unknown>();
  const set = (key: ContextKey, value: unknown): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const update = (): void => {
    set(ContextKey.situation, situationOf(link.state, crewFile.exists));
    set(ContextKey.hasCrewFile, crewFile.exists);
  };
  update();
  const stops = [link.onDidChange(update), crewFile.onDidChange(update)];
  return { dispose: () => stops.forEach((stop) => stop()) };
}
