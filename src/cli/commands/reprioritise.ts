import { Command } from 'commander';
import { addJobChangeOptions, changeJobs, type ChangeJobsOptions } from '../change-jobs.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';
import { integer } from '../option-values.ts';

interface ReprioritiseOptions extends ChangeJobsOptions {
  priority: number;
}

export function reprioritiseCommand(act: Act): Command {
  return addJobChangeOptions(new Command('reprioritise'))
    .alias('reprioritize')
    .summary('change the priority of jobs')
    .description('Gives waiting jobs another priority: higher first, 0 is usual.')
    .requiredOption('-p, --priority <number>', 'the new priority', integer)
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew reprioritise --batch sweep --priority 10', 'a batch before the others'],
        ['nightcrew reprioritise 212 213 --priority -1', 'two jobs behind all others'],
      ]),
    )
    .action(
      act((context, jobs: number[] = [], { priority, ...options }: ReprioritiseOptions) =>
        changeJobs(context, jobs, options, {
          verb: `Give priority ${priority} to`,
          done: `Gave priority ${priority} to`,
          request: (client, selection) => client.request('reprioritise', { ...selection, priority }),
          losses: () => [],
        }),
      ),
    );
}
