import * as vscode from 'vscode';
import type { Notice } from '../../control/api.ts';
import { systemClock } from '../../core/clock.ts';
import { CommandId, SettingKey, type NotificationLevel } from '../contributions.ts';
import { formatQuantity } from '../format/count.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { NoticeGate } from './notice-gate.ts';

/** Puts every notice of the supervisor into the log, and shows those that a person should see now. */
export function showNotices(link: SupervisorLink, log: vscode.LogOutputChannel): vscode.Disposable {
  const gate = new NoticeGate(systemClock);
  const stop = link.onNotice((notice) => {
    const text = notice.nextStep ? `${notice.message} ${notice.nextStep}` : notice.message;
    logNotice(log, notice, text);
    const level = vscode.workspace
      .getConfiguration()
      .get<NotificationLevel>(SettingKey.notifications, 'problems');
    const verdict = gate.judge(notice, level);
    if (verdict.show) void showNotice(notice, text, verdict.suppressed, log);
  });
  return { dispose: stop };
}

function logNotice(log: vscode.LogOutputChannel, { severity, worker }: Notice, text: string): void {
  const line = worker === undefined ? text : `[${worker}] ${text}`;
  if (severity === 'error') log.error(line);
  else if (severity === 'warning') log.warn(line);
  else log.info(line);
}

async function showNotice(
  { severity, worker }: Notice,
  text: string,
  suppressed: number,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const message =
    suppressed === 0 ? text : `${text} (${formatQuantity(suppressed, 'earlier notice')} in the log.)`;
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
