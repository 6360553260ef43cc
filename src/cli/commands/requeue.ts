import { Command } from 'commander';
import { addJobChangeOptions, changeJobs, type ChangeJobsOptions } from '../change-jobs.ts';
import type { Act } from '../command-action.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';

interface RequeueOptions extends ChangeJobsOptions {
  fresh?: boolean;
}

export function requeueCommand(act: Act): Command {
  return addJobChangeOptions(new Command('requeue'))
    .summary('run ended jobs again')
    .description(
      'Makes jobs pending again: with a filter those that failed, unless --state says otherwise. Earlier attempts stay in their ' +
        'history; failures are counted anew; they go on from their checkpoint. A job that was done begins anew, and its result is ' +
        'given up. One that waits for another try, named by its number or by --state pending, is tried at once.',
    )
    .option('--fresh', 'without their checkpoints')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew requeue --failed --pool tag --since yesterday', 'what failed last night'],
        ['nightcrew requeue 212 --fresh', 'one job, from its beginning'],
        ['nightcrew requeue --batch sweep --state done,failed', 'a batch once more'],
      ]),
    )
    .action(
      act((context, jobs: number[] = [], { fresh, ...options }: RequeueOptions = {}) =>
        changeJobs(context, jobs, options, {
          verb: 'Requeue',
          done: 'Requeued',
          request: (client, selection) =>
            client.request('requeue', { ...selection, ...(fresh ? { fresh } : {}) }),
          losses: ({ done = 0 }) =>
            done === 0
              ? []
              : [`${quantity(done, 'job')} ${done === 1 ? 'is' : 'are'} done: the result is given up.`],
        }),
      ),
    );
}
