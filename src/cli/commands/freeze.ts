/** `freeze` and `continue`: one setting, two words for it. */
import { Command } from 'commander';
import { addChangeOptions, changeWorkers } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';

export function freezeCommand(act: Act): Command {
  return addChangeOptions(new Command('freeze'))
    .summary('stop the processes of workers where they are')
    .description(
      'All processes of the workers are stopped by a signal until `nightcrew continue`: they use no CPU, keep their memory, ' +
        "and their job's time limit stands still. To drain, stop or restart a frozen worker lets it go on first. Not on Windows.",
    )
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew freeze --pool simulate', 'the machine is needed for an hour'],
        ['nightcrew pause --pool simulate', 'let them finish the job they have instead'],
      ]),
    )
    .action(act(setFrozen(true)));
}

export function continueCommand(act: Act): Command {
  return addChangeOptions(new Command('continue'))
    .summary('let frozen workers go on')
    .description('Frozen workers go on where they were stopped.')
    .addHelpText('after', helpExamples([['nightcrew continue --all', 'everybody goes on']]))
    .action(act(setFrozen(false)));
}

function setFrozen(frozen: boolean): ReturnType<typeof changeWorkers> {
  return changeWorkers((client, { select }) => client.request('freeze', { select, frozen }));
}
