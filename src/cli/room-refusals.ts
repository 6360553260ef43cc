/** Workers that the machine has no room for: the figures, what is risked by starting them all the same, and how. */
import type { AdmissionRefusal } from '../core/admission.ts';
import type { WorkerOutcome } from '../control/selection.ts';
import { plainText } from './plain-text.ts';
import { printProblem } from './report-error.ts';
import type { Terminal } from './terminal.ts';

export function isRefused({ ok, refusal }: WorkerOutcome): boolean {
  return refusal !== undefined && !ok;
}

/** Prints those that were not started; workers with the same reasons are told once. Returns how many they are. */
export function printRoomRefusals(
  terminal: Terminal,
  outcomes: readonly WorkerOutcome[],
  { waiting, command }: { waiting: boolean; command: string },
): number {
  const refused = outcomes.flatMap(({ worker, ok, refusal }) =>
    refusal && !ok ? [{ worker, refusal }] : [],
  );
  const byReason = Map.groupBy(refused, ({ refusal }) => refusal.reasons.join('; '));
  for (const [reasons, workers] of byReason) {
    const { worker, refusal } = workers[0]!;
    const others = workers.length > 1 ? ` (and ${workers.length - 1} more like it)` : '';
    const state = refusal.never
      ? 'does not fit this machine'
      : waiting
        ? 'waits for room'
        : 'was not started';
    printProblem(terminal, {
      message: `${worker}${others} ${state}: it ${plainText(reasons)}.`,
      nextStep: `${refusal.nextStep} Or start it anyway: \`${command}\`.`,
    });
    for (const risk of refusal.risks) terminal.printError(terminal.errorColors.dim(`  | ${risk}`));
  }
  return refused.length;
}

/** Those that were started against admission: what was overridden is said, for it is a risk that somebody took. */
export function printOverridden(terminal: Terminal, outcomes: readonly WorkerOutcome[]): void {
  const reasonsOf = ({ reasons }: AdmissionRefusal): string => plainText(reasons.join('; '));
  for (const { worker, ok, refusal } of outcomes)
    if (ok && refusal)
      terminal.printError(`warning: ${worker} was started although it ${reasonsOf(refusal)}.`);
}
