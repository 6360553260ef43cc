import { Command } from 'commander';
import { addJobChangeOptions, changeJobs, type ChangeJobsOptions } from '../change-jobs.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';

export function cancelCommand(act: Act): Command {
  return addJobChangeOptions(new Command('cancel'))
    .summary('cancel jobs')
    .description(
      'Cancels jobs that are pending or running. A running one is asked to end, then ended by force.',
    )
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew cancel 212 213', 'two jobs'],
        ['nightcrew cancel --batch sweep --state pending', 'what has not begun of a batch'],
        ['nightcrew cancel --pool tag --search alpha=0.4 --dry-run', 'how many would it be?'],
      ]),
    )
    .action(
      act((context, jobs: number[] = [], options: ChangeJobsOptions = {}) =>
        changeJobs(context, jobs, options, {
          verb: 'Cancel',
          done: 'Cancelled',
          trustsNumbers: true,
          request: (client, selection) => client.request('cancel', selection),
          losses: ({ running = 0 }) =>
            running === 0 ? [] : [`What ${quantity(running, 'running job')} computed is lost.`],
        }),
      ),
    );
}
