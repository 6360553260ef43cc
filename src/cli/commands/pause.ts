/** `pause` and `resume`: one setting, two words for it. */
import { Command } from 'commander';
import type { Act, CommandAction } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';
import { printOutcomes, workerOutcome } from '../outcomes.ts';
import { addSelection, readSelection, type SelectionOptions } from '../selection.ts';

export function pauseCommand(act: Act): Command {
  return addSelection(new Command('pause'))
    .summary('let workers take no more jobs for now')
    .description('The workers finish the job they have and take no other until `nightcrew resume`.')
    .addHelpText(
      'after',
      helpExamples([['nightcrew pause --pool simulate', 'leave the machine to someone else']]),
    )
    .action(act(setPaused(true)));
}

export function resumeCommand(act: Act): Command {
  return addSelection(new Command('resume'))
    .summary('let paused workers take jobs again')
    .description('Paused workers take jobs again.')
    .addHelpText('after', helpExamples([['nightcrew resume --all', 'everybody goes on']]))
    .action(act(setPaused(false)));
}

function setPaused(paused: boolean): CommandAction<[workers: string[], options: SelectionOptions]> {
  return async (context, workers, options) => {
    const select = readSelection(workers, options);
    const client = await context.connect();
    const { outcomes } = await client.request('pause', { select, paused });
    if (outcomes.length === 0) context.terminal.print('No workers match.');
    return printOutcomes(context.terminal, outcomes.map(workerOutcome));
  };
}
