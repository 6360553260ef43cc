/** What happened to each of several workers or jobs: a partial failure is told, and counts as one. */
import { ExitCode } from './exit-code.ts';
import { plainText } from './plain-text.ts';
import type { Terminal } from './terminal.ts';

export interface Outcome {
  /** `simulate-1`, `job 212`. */
  name: string;
  ok: boolean;
  message: string;
}

/** One line each: those that worked on stdout, the others on stderr. */
export function printOutcomes(terminal: Terminal, outcomes: readonly Outcome[]): ExitCode {
  const { red } = terminal.errorColors;
  for (const { name, ok, message } of outcomes) {
    if (ok) terminal.print(`${name}: ${plainText(message)}`);
    else terminal.printError(`${red('error:')} ${name}: ${plainText(message)}`);
  }
  return outcomes.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.failed;
}

export function workerOutcome({
  worker,
  ok,
  message,
}: {
  worker: string;
  ok: boolean;
  message: string;
}): Outcome {
  return { name: worker, ok, message };
}
