/**
 * What VS Code loads. It puts the parts together and connects to a supervisor that lives already; nothing is started
 * here but a crew that a person had started and that was lost. Nothing durable lives here: a window that closes costs no job
 * anything.
 */
import * as vscode from 'vscode';
import { connect, connectOrStart } from '../control/connect.ts';
import { isWantedHere } from '../control/wanted-crew.ts';
import { collectSettings } from '../core/settings.ts';
import { systemClock } from '../core/clock.ts';
import { registerCommands } from './commands/register-commands.ts';
import { maintainContextKeys } from './context-keys.ts';
import { SettingKey } from './contributions.ts';
import { createCrewFileDiagnostics } from './crew-file/crew-file-diagnostics.ts';
import { CrewFileLenses } from './crew-file/crew-file-lenses.ts';
import { CrewFilePresence } from './crew-file/crew-file-presence.ts';
import { Dashboard } from './dashboard/dashboard.ts';
import { serveHttp } from './serve-http.ts';
import { showNotices } from './notices/show-notices.ts';
import { createQueueView } from './queue-view/queue-view.ts';
import { ReportDocuments } from './reports/report-documents.ts';
import { situationOf } from './situation.ts';
import { createStatusBar } from './status-bar/status-bar.ts';
import { SupervisorLink } from './supervisor-link.ts';
import { SupervisorSighting } from './supervisor-sighting.ts';
import { createWorkersView } from './workers-view/workers-view.ts';
import { followWorkspace } from './workspace-place.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Nightcrew', { log: true });
  const distribution = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const media = (name: string): vscode.Uri => vscode.Uri.joinPath(context.extensionUri, 'media', name);
  const link = new SupervisorLink({
    connector: { connect, connectOrStart },
    clock: systemClock,
    log,
    isCrewWanted: isWantedHere,
    optionsFor: (folder) => {
      const configuration = vscode.workspace.getConfiguration(undefined, vscode.Uri.file(folder));
      const executable = configuration.get(SettingKey.nodePath, '');
      return {
        workspace: folder,
        client: 'vscode',
        distribution: distribution.fsPath,
        settings: () => {
          const now = vscode.workspace.getConfiguration(undefined, vscode.Uri.file(folder));
          return collectSettings((key) => now.get(key), process.env);
        },
        ...(executable === '' ? {} : { executable }),
      };
    },
  });
  const crewFile = new CrewFilePresence(link);
  const reports = new ReportDocuments();
  const dashboard = new Dashboard({
    link,
    distribution,
    icon: { light: media('tab-light.svg'), dark: media('tab-dark.svg') },
    situation: () => situationOf(link.state, crewFile.exists),
  });
  context.subscriptions.push(
    log,
    link,
    crewFile,
    reports,
    dashboard,
    registerCommands({ link, crewFile, reports, log, openDashboard: () => dashboard.open() }),
    maintainContextKeys(link, crewFile),
    createWorkersView(link),
    createQueueView(link),
    createStatusBar(link, crewFile),
    createCrewFileDiagnostics(link),
    new CrewFileLenses(link),
    showNotices(link, context.workspaceState, log),
    new SupervisorSighting(link, log),
    serveHttp(link, distribution.fsPath, log),
    followWorkspace(link),
  );
}
