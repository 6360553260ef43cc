/** The settings of the HTTP service, carried out. */
import * as vscode from 'vscode';
import { startHttp } from '../control/http-process.ts';
import { systemClock } from '../core/clock.ts';
import { CommandId, SettingKey } from './contributions.ts';
import { HttpKeeper, type Wish } from './http-keeper.ts';
import type { LinkState } from './link-state.ts';
import type { SupervisorLink } from './supervisor-link.ts';

export function serveHttp(
  link: SupervisorLink,
  distribution: string,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const keeper = new HttpKeeper({
    start: (wish) => {
      const executable = vscode.workspace.getConfiguration().get(SettingKey.nodePath, '');
      const options = { ...wish, distribution, ...(executable === '' ? {} : { executable }) };
      return startHttp(options, (line) => log.warn(`HTTP: ${line}`));
    },
    clock: systemClock,
    log,
    onProblem: (message) => void tell(message, log),
  });
  const update = (): void => keeper.wish(wishOf(link.state));
  update();
  return vscode.Disposable.from(
    keeper,
    { dispose: link.onDidChange(({ delta }) => (delta ? undefined : update())) },
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('nightcrew.http')) update();
    }),
  );
}

function wishOf(state: LinkState): Wish {
  const settings = vscode.workspace.getConfiguration();
  if (state.kind === 'noWorkspace' || !state.place.trusted) return undefined;
  if (!settings.get(SettingKey.httpEnabled, false)) return undefined;
  return { workspace: state.place.folder, port: settings.get(SettingKey.httpPort, 0) };
}

async function tell(message: string, log: vscode.LogOutputChannel): Promise<void> {
  log.error(`HTTP: ${message}`);
  const [settings, show] = ['Open Settings', 'Show Log'];
  const chosen = await vscode.window.showErrorMessage(
    `The HTTP API is not served. ${message}`,
    settings,
    show,
  );
  if (chosen === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'nightcrew.http');
  } else if (chosen === show) await vscode.commands.executeCommand(CommandId.showLog);
}
