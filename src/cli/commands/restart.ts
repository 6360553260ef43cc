import { Command } from 'commander';
import { addChangeOptions, changeWorkers, type ChangeOptions } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';

interface RestartOptions extends ChangeOptions {
  force?: boolean;
}

export function restartCommand(act: Act): Command {
  return addChangeOptions(new Command('restart'), 'they have registered again')
    .summary('end workers gracefully and start them again')
    .description(
      'The workers are asked to end (after 30 s they are ended by force) and start again under their ids. ' +
        'Their current job goes back to the queue with its last checkpoint. One that has ended is started if the machine has ' +
        'room for it (memory, cores, GPUs); --force starts it all the same.',
    )
    .option('--force', 'start also those that the machine has no room for (audited)')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew restart simulate-3', 'one worker, also one that failed'],
        ['nightcrew restart --pool simulate', 'a whole pool, e.g. after a change of the program'],
      ]),
    )
    .action(
      act(
        changeWorkers<RestartOptions>((client, about, { force }) =>
          client.request('restart', { ...about, ...(force ? { force } : {}) }),
        ),
      ),
    );
}
