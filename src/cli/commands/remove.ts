import { Command } from 'commander';
import { addChangeOptions, changeWorkers } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';

export function removeCommand(act: Act): Command {
  return addChangeOptions(new Command('remove'))
    .summary('drop dead and failed workers from the list')
    .description('Drops workers that have ended from the list. Their logs and history stay.')
    .addHelpText(
      'after',
      helpExamples([['nightcrew remove --all', 'all that have ended; those that live are left alone']]),
    )
    .action(act(changeWorkers((client, { select }) => client.request('remove', { select }))));
}
