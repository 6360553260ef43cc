/** Turns whatever a command threw into words on stderr and an exit code. */
import { CommanderError } from 'commander';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import { CliError } from './cli-error.ts';
import { ExitCode } from './exit-code.ts';
import { plainText } from './plain-text.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES: Partial<Record<number, ExitCode>> = {
  [ControlErrorCode.notFound]: ExitCode.badInput,
  [ControlErrorCode.badInput]: ExitCode.badInput,
  [ControlErrorCode.crewFile]: ExitCode.badInput,
  [ControlErrorCode.refused]: ExitCode.noSupervisor,
  [ControlErrorCode.elsewhere]: ExitCode.noSupervisor,
  [ControlErrorCode.ending]: ExitCode.noSupervisor,
};

/** Reports the error and returns the exit code. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has written its message (or the help that was asked for) itself.
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
  }
  if (error instanceof CliError) {
    printProblem(terminal, error);
    return error.exitCode;
  }
  if (error instanceof ControlError) {
    printProblem(terminal, error);
    return EXIT_CODES[error.code] ?? ExitCode.failed;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  printProblem(terminal, {
    message: `This is a fault of nightcrew: ${message}`,
    nextStep: 'Please report it with the lines below.',
  });
  terminal.printError(stack ?? '');
  return ExitCode.failed;
}

export interface Problem {
  message: string;
  place?: string | undefined;
  nextStep?: string | undefined;
}

/** `error: message`, and below it where and what next. */
export function printProblem(
  terminal: Terminal,
  { message, place, nextStep }: Problem,
  severity: 'error' | 'warning' = 'error',
): void {
  const { red, yellow, cyan, bold } = terminal.errorColors;
  const color = severity === 'error' ? red : yellow;
  terminal.printError(`${bold(color(`${severity}:`))} ${plainText(message)}`);
  if (place !== undefined) terminal.printError(`  ${cyan('at:')} ${plainText(place)}`);
  if (nextStep !== undefined) terminal.printError(`  ${cyan('next:')} ${plainText(nextStep)}`);
}
