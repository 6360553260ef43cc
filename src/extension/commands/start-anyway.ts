/** The question before workers are started that the machine has no room for: the figures, and what is risked. */
import * as vscode from 'vscode';
import type { WorkerOutcome } from '../../control/selection.ts';
import { startAnywayText } from './start-anyway-text.ts';

const START_ANYWAY = 'Start Anyway';

/** Those that were not started because there is no room for them, and the rest. */
export function splitRefused(outcomes: readonly WorkerOutcome[]): {
  refused: WorkerOutcome[];
  others: WorkerOutcome[];
} {
  const isRefused = ({ ok, refusal }: WorkerOutcome): boolean => refusal !== undefined && !ok;
  return {
    refused: outcomes.filter(isRefused),
    others: outcomes.filter((outcome) => !isRefused(outcome)),
  };
}

/** Undefined when nobody was refused; otherwise whether to start them all the same. */
export async function offerStartAnyway(
  outcomes: readonly WorkerOutcome[],
  waiting = false,
): Promise<boolean | undefined> {
  const text = startAnywayText(outcomes, waiting);
  if (!text) return undefined;
  const { message, detail } = text;
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, START_ANYWAY);
  return answer === START_ANYWAY;
}
