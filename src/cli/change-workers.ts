import type { Selection, WorkerOutcome } from '../control/api.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { CommandAction } from './command-action.ts';
import { printOutcomes, workerOutcome } from './outcomes.ts';
import { readSelection, type SelectionOptions } from './selection.ts';

type ChangeRequest = (client: ControlClient, select: Selection) => Promise<{ outcomes: WorkerOutcome[] }>;

/** What a command does that makes one request for the workers it names. `nobody` is said when there are none. */
export function changeWorkers(
  request: ChangeRequest,
  nobody = 'No workers match.',
): CommandAction<[workers: string[], options: SelectionOptions]> {
  return async (context, workers, options) => {
    const select = readSelection(workers, options);
    const { outcomes } = await request(await context.connect(), select);
    if (outcomes.length === 0) context.terminal.print(nobody);
    return printOutcomes(context.terminal, outcomes.map(workerOutcome));
  };
}
