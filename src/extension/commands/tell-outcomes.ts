/** What became of a command on several workers: quiet when all is well, one message when something is not. */
import * as vscode from 'vscode';
import type { WorkerOutcome } from '../../control/selection.ts';
import { quantity } from '../../core/quantity.ts';
import type { CommandContext } from './command-context.ts';
import { reasonsOf } from './outcome-reasons.ts';

/** Milliseconds a success stands in the status bar. */
const SUCCESS_SHOWN = 5000;
/** Different reasons told in one message; the log has all. */
const REASONS_TOLD = 2;

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
    tellSuccess(`${quantity(outcomes.length, 'worker')} ${participle}`);
    return;
  }
  const heading =
    outcomes.length === 1 ? '' : `${failed.length} of ${outcomes.length} workers did not do it. `;
  void vscode.window
    .showWarningMessage(`${heading}${reasonsOf(failed, REASONS_TOLD)}`, 'Show Log')
    .then((button) => button && context.log.show());
}

export function tellSuccess(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) Nightcrew: ${message}`, SUCCESS_SHOWN);
}
