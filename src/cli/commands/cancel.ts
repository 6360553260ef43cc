import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { collectJobNumbers } from '../job-number.ts';
import { printOutcomes } from '../outcomes.ts';

export function cancelCommand(act: Act): Command {
  return new Command('cancel')
    .summary('cancel jobs')
    .description(
      'Cancels jobs that are pending or running. A running one is asked to end, then ended by force.',
    )
    .argument('<job...>', 'numbers of jobs', collectJobNumbers)
    .addHelpText('after', helpExamples([['nightcrew cancel 212 213', 'two jobs']]))
    .action(act(cancel));
}

async function cancel(context: CommandContext, jobs: number[]): Promise<ExitCode> {
  const client = await context.connect();
  const { outcomes } = await client.request('cancel', { jobs });
  return printOutcomes(
    context.terminal,
    outcomes.map(({ job, ok, message }) => ({ name: `job ${job}`, ok, message })),
  );
}
