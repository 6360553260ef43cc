import * as vscode from 'vscode';
import type { Notice } from '../../control/api.ts';
import { fullText } from '../../control/full-text.ts';
import { systemClock } from '../../core/clock.ts';
import { CommandId, SettingKey, type NotificationLevel } from '../contributions.ts';
import { quantity } from '../../core/quantity.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { followConnectionNews } from './connection-news.ts';
import { NoticeGate } from './notice-gate.ts';

/** Where the window remembers over reloads whose start it has told. */
const TOLD_SERVER = 'nightcrew.toldServer';

/** Milliseconds in which the status bar mentions a crash that cost nothing. */
const RECOVERY_SHOWN = 10_000;

/** Puts every notice of the supervisor into the log, and shows those that a person should see now. */
export function showNotices(
  link: SupervisorLink,
  memory: vscode.Memento,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const gate = new NoticeGate(systemClock);
  const noticed = (notice: Notice): void => {
    const text = fullText(notice);
    logNotice(log, notice, text);
    const verdict = gate.judge(notice, notificationLevel());
    if (verdict.show) void showNotice(notice, text, verdict.suppressed, log);
  };
  const stops = [
    link.onNotice(noticed),
    followConnectionNews(
      link,
      {
        get: () => memory.get<string>(TOLD_SERVER),
        set: (serverId) => void memory.update(TOLD_SERVER, serverId),
      },
      {
        noticed,
        started: (message) => void showStart(message, log),
        recovered: (message) => showRecovery(message, log),
      },
    ),
  ];
  return { dispose: () => stops.forEach((stop) => stop()) };
}

function notificationLevel(): NotificationLevel {
  return vscode.workspace.getConfiguration().get<NotificationLevel>(SettingKey.notifications, 'problems');
}

function logNotice(log: vscode.LogOutputChannel, { severity, worker }: Notice, text: string): void {
  const line = worker === undefined ? text : `[${worker}] ${text}`;
  if (severity === 'error') log.error(line);
  else if (severity === 'warning') log.warn(line);
  else log.info(line);
}

/** It came about by a problem, so whoever wants to be told of problems is; it needs no one to act, so it is plain. */
async function showStart(message: string, log: vscode.LogOutputChannel): Promise<void> {
  log.info(message);
  if (notificationLevel() === 'none') return;
  const button = await vscode.window.showInformationMessage(message, 'Open Dashboard', 'Show Log');
  if (button === 'Show Log') log.show();
  else if (button) await vscode.commands.executeCommand(CommandId.openDashboard);
}

function showRecovery(message: string, log: vscode.LogOutputChannel): void {
  log.info(message);
  if (notificationLevel() === 'all') void vscode.window.showInformationMessage(message);
  else vscode.window.setStatusBarMessage(`$(debug-restart) Nightcrew: ${message}`, RECOVERY_SHOWN);
}

async function showNotice(
  { severity, worker }: Notice,
  text: string,
  suppressed: number,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const message = suppressed === 0 ? text : `${text} (${quantity(suppressed, 'earlier notice')} in the log.)`;
  const { showErrorMessage, showInformationMessage, showWarningMessage } = vscode.window;
  const showMessage: (message: string, button: string) => Thenable<string | undefined> = {
    error: showErrorMessage,
    warning: showWarningMessage,
    info: showInformationMessage,
  }[severity];
  const button = worker === undefined ? 'Show Log' : 'Show Worker Log';
  if ((await showMessage(message, button)) !== button) return;
  if (worker === undefined) log.show();
  else await vscode.commands.executeCommand(CommandId.showWorkerLog, worker);
}
