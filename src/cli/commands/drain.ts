import { Command } from 'commander';
import { addChangeOptions, changeWorkers } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';

export function drainCommand(act: Act): Command {
  return addChangeOptions(new Command('drain'), 'they have ended')
    .summary('let workers finish their job, then end')
    .description('The workers finish the job they have, take no other, and end. Nothing is lost.')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew drain simulate-3', 'one worker'],
        ['nightcrew drain --pool simulate --wait', 'a whole pool, and wait for it'],
        ['nightcrew drain --label domain=law --label tier=gpu', 'all that have both labels'],
      ]),
    )
    .action(act(changeWorkers((client, about) => client.request('drain', about))));
}
