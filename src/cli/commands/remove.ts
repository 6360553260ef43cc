import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { printOutcomes, workerOutcome } from '../outcomes.ts';
import { addSelection, readSelection, type SelectionOptions } from '../selection.ts';

export function removeCommand(act: Act): Command {
  return addSelection(new Command('remove'))
    .summary('drop dead and failed workers from the list')
    .description('Drops workers that have ended from the list. Their logs and history stay.')
    .addHelpText(
      'after',
      helpExamples([['nightcrew remove --all', 'all that have ended; those that live are left alone']]),
    )
    .action(act(remove));
}

async function remove(
  context: CommandContext,
  workers: string[],
  options: SelectionOptions,
): Promise<ExitCode> {
  const select = readSelection(workers, options);
  const client = await context.connect();
  const { outcomes } = await client.request('remove', { select });
  if (outcomes.length === 0) context.terminal.print('No worker that has ended matches.');
  return printOutcomes(context.terminal, outcomes.map(workerOutcome));
}
