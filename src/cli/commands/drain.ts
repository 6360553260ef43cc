import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { printOutcomes, workerOutcome } from '../outcomes.ts';
import { addSelection, isSelected, readSelection, type SelectionOptions } from '../selection.ts';
import { showWhileWaiting } from '../waiting-display.ts';

export function drainCommand(act: Act): Command {
  return addSelection(new Command('drain'))
    .summary('let workers finish their job, then end')
    .description('The workers finish the job they have, take no other, and end. Nothing is lost.')
    .option('--wait', 'wait until they have ended')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew drain simulate-3', 'one worker'],
        ['nightcrew drain --pool simulate --wait', 'a whole pool, and wait for it'],
      ]),
    )
    .action(act(drain));
}

async function drain(
  context: CommandContext,
  workers: string[],
  options: SelectionOptions & { wait?: boolean },
): Promise<ExitCode> {
  const select = readSelection(workers, options);
  const client = await context.connect();
  const request = client.request('drain', { select, ...(options.wait ? { wait: true } : {}) });
  const { outcomes } = options.wait
    ? await showWhileWaiting(context, client, request, (worker) => isSelected(worker, select))
    : await request;
  if (outcomes.length === 0) context.terminal.print('No workers match.');
  return printOutcomes(context.terminal, outcomes.map(workerOutcome));
}
