import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { printOutcomes, workerOutcome } from '../outcomes.ts';
import { addSelection, readSelection, type SelectionOptions } from '../selection.ts';

export function restartCommand(act: Act): Command {
  return addSelection(new Command('restart'))
    .summary('end workers gracefully and start them again')
    .description(
      'The workers are asked to end (after 30 s they are ended by force) and start again under their ids. ' +
        'Their current job goes back to the queue with its last checkpoint.',
    )
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew restart simulate-3', 'one worker, also one that failed'],
        ['nightcrew restart --pool simulate', 'a whole pool, e.g. after a change of the program'],
      ]),
    )
    .action(act(restart));
}

async function restart(
  context: CommandContext,
  workers: string[],
  options: SelectionOptions,
): Promise<ExitCode> {
  const select = readSelection(workers, options);
  const client = await context.connect();
  const { outcomes } = await client.request('restart', { select });
  if (outcomes.length === 0) context.terminal.print('No workers match.');
  return printOutcomes(context.terminal, outcomes.map(workerOutcome));
}
