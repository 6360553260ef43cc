import { Command } from 'commander';
import { addChangeOptions, changeWorkers } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';

export function stopCommand(act: Act): Command {
  return addChangeOptions(new Command('stop'), 'they have ended')
    .summary('end workers within half a minute; their job goes back to the queue')
    .description(
      'The workers are asked to end their job early and then to end; those that have not after the grace of their pool ' +
        '(30 s) are ended by force. The job goes back to the queue with its last checkpoint, and no failure is counted.',
    )
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew stop simulate-3', 'one worker'],
        ['nightcrew stop --pool simulate --wait', 'a whole pool, and wait for it'],
        ['nightcrew drain simulate-3', 'let it finish its job first'],
      ]),
    )
    .action(act(changeWorkers((client, about) => client.request('stop', about))));
}
