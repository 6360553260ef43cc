/** What went wrong, for a person: what, where and what to do next. Shown as it stands, never with a stack. */
import { ExitCode } from './exit-code.ts';

export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** `file:line:column`, a pool, a worker. */
  readonly place: string | undefined;
  readonly nextStep: string | undefined;

  constructor(exitCode: ExitCode, message: string, data: { place?: string; nextStep?: string } = {}) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.place = data.place;
    this.nextStep = data.nextStep;
  }
}

/** The command line or a file is wrong. */
export function badInput(message: string, nextStep?: string, place?: string): CliError {
  return new CliError(ExitCode.badInput, message, {
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(place === undefined ? {} : { place }),
  });
}
