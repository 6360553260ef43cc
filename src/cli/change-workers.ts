/** What a command does that makes one request for the workers it names, and tells what happened to each of them. */
import type { Command } from 'commander';
import type { Selection, WorkerOutcome } from '../control/selection.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { CommandAction } from './command-action.ts';
import type { CommandContext } from './command-context.ts';
import { ExitCode } from './exit-code.ts';
import { printOutcomes, workerOutcome } from './outcomes.ts';
import { addSelection, isSelected, readSelection, type SelectionOptions } from './selection.ts';
import { showWhileWaiting } from './waiting-display.ts';

export interface ChangeOptions extends SelectionOptions {
  wait?: boolean;
  json?: boolean;
}

type Outcomes = Promise<{ outcomes: WorkerOutcome[] }>;
type ChangeRequest = (client: ControlClient, about: { select: Selection; wait?: boolean }) => Outcomes;

/** Adds the workers it is about, `--wait` with what is waited for, and `--json`. */
export function addChangeOptions(command: Command, waitsFor?: string): Command {
  addSelection(command);
  if (waitsFor) command.option('--wait', `wait until ${waitsFor}`);
  return command.option('--json', 'print what happened to each worker as JSON');
}

/** `nobody` is said when there are none. */
export function changeWorkers(
  request: ChangeRequest,
  nobody?: string,
): CommandAction<[workers: string[], options: ChangeOptions]> {
  return async (context, workers, options) => {
    const select = readSelection(workers, options);
    const client = await context.connect();
    const answer = request(client, { select, ...(options.wait ? { wait: true } : {}) });
    const isShown = options.wait && !options.json;
    const { outcomes } = isShown
      ? await showWhileWaiting(context, client, answer, (worker) => isSelected(worker, select))
      : await answer;
    return tellOutcomes(context, outcomes, options, nobody);
  };
}

/** The exit code says whether all of them succeeded. */
export function tellOutcomes(
  { terminal }: CommandContext,
  outcomes: readonly WorkerOutcome[],
  { json }: ChangeOptions,
  nobody = 'No workers match.',
): ExitCode {
  if (json) {
    terminal.print(JSON.stringify({ outcomes }));
    return outcomes.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.failed;
  }
  if (outcomes.length === 0) terminal.print(nobody);
  return printOutcomes(terminal, outcomes.map(workerOutcome));
}
