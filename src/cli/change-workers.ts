/** What a command does that makes one request for the workers it names, and tells what happened to each of them. */
import type { Command } from 'commander';
import type { Selection, WorkerOutcome } from '../control/selection.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { CommandAction } from './command-action.ts';
import type { CommandContext } from './command-context.ts';
import { ExitCode } from './exit-code.ts';
import { printOutcomes, workerOutcome } from './outcomes.ts';
import { isRefused, printRoomRefusals } from './room-refusals.ts';
import {
  addSelection,
  isSelected,
  readSelection,
  selectionText,
  type SelectionOptions,
} from './selection.ts';
import { showWhileWaiting } from './waiting-display.ts';

export interface ChangeOptions extends SelectionOptions {
  wait?: boolean;
  json?: boolean;
}

type Outcomes = Promise<{ outcomes: WorkerOutcome[] }>;
type ChangeRequest<Options> = (
  client: ControlClient,
  about: { select: Selection; wait?: boolean },
  options: Options,
) => Outcomes;

/** Adds the workers it is about, `--wait` with what is waited for, and `--json`. */
export function addChangeOptions(command: Command, waitsFor?: string): Command {
  addSelection(command);
  if (waitsFor) command.option('--wait', `wait until ${waitsFor}`);
  return command.option('--json', 'print what happened to each worker as JSON');
}

export function changeWorkers<Options extends ChangeOptions = ChangeOptions>(
  request: ChangeRequest<Options>,
): CommandAction<[workers: string[], options: Options]> {
  return async (context, workers, options) => {
    const select = readSelection(workers, options);
    const client = await context.connect();
    const answer = request(client, { select, ...(options.wait ? { wait: true } : {}) }, options);
    const isShown = options.wait && !options.json;
    const { outcomes } = isShown
      ? await showWhileWaiting(context, client, answer, (worker) => isSelected(worker, select))
      : await answer;
    return tellOutcomes(context, select, outcomes, options);
  };
}

/** The exit code says whether all of them succeeded; that a pool or labels leave none is no failure. */
export function tellOutcomes(
  { terminal }: CommandContext,
  select: Selection,
  outcomes: readonly WorkerOutcome[],
  { json }: ChangeOptions,
): ExitCode {
  if (json) {
    terminal.print(JSON.stringify({ outcomes }));
    return outcomes.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.failed;
  }
  if (outcomes.length === 0)
    terminal.print(`No worker${selectionText(select)} that this could be done to; nothing was done.`);
  // Only a restart starts anything.
  const named = outcomes.filter(isRefused).map(({ worker }) => worker);
  const command = `nightcrew restart ${named.join(' ')} --force`;
  const refused = printRoomRefusals(terminal, outcomes, { waiting: false, command });
  const others = outcomes.filter((outcome) => !isRefused(outcome));
  const exitCode = printOutcomes(terminal, others.map(workerOutcome));
  return refused > 0 ? ExitCode.failed : exitCode;
}
