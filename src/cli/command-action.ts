/** How a command is carried out: with its context, ending in an exit code. */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import type { ExitCode } from './exit-code.ts';

/** What a command does; its arguments and then its options are as commander parsed them. */
export type CommandAction<Arguments extends unknown[]> = (
  context: CommandContext,
  ...given: Arguments
) => Promise<ExitCode>;

/** Makes an action into what commander calls: with the context in front and the exit code taken. */
export type Act = <Arguments extends unknown[]>(
  action: CommandAction<Arguments>,
) => (...given: [...Arguments, Command]) => Promise<void>;
