/** What became of a command on several workers: quiet when all is well, one message when something is not (A9). */
import * as vscode from 'vscode';
import type { WorkerOutcome } from '../../control/api.ts';
import { formatQuantity } from '../format/count.ts';
import type { CommandContext } from './command-context.ts';

/** Milliseconds a success stands in the status bar. */
const SUCCESS_SHOWN = 5000;
/** Workers named in one message; the log has all. */
const FAILURES_NAMED = 3;

/** `participle`: "draining", "aborted". */
export function tellOutcomes(
  context: CommandContext,
  participle: string,
  outcomes: readonly WorkerOutcome[],
): void {
  for (const { worker, ok, message } of outcomes) {
    if (ok) context.log.info(`${worker}: ${message}`);
    else context.log.warn(`${worker}: ${message}`);
  }
  const failed = outcomes.filter((outcome) => !outcome.ok);
  if (failed.length === 0) {
    tellSuccess(`${formatQuantity(outcomes.length, 'worker')} ${participle}`);
    return;
  }
  const named = failed.slice(0, FAILURES_NAMED).map(({ worker, message }) => `${worker}: ${message}`);
  const more = failed.length > FAILURES_NAMED ? ` And ${failed.length - FAILURES_NAMED} more.` : '';
  const heading =
    outcomes.length === 1
      ? ''
      : `${failed.length} of ${outcomes.length} workers could not be ${participle}. `;
  void vscode.window
    .showWarningMessage(`${heading}${named.join(' · ')}${more}`, 'Show Log')
    .then((button) => button && context.log.show());
}

export function tellSuccess(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) Nightcrew: ${message}`, SUCCESS_SHOWN);
}
