import { Command } from 'commander';
import type { WorkerView } from '../../control/crew-state.ts';
import { formatDuration } from '../../core/duration.ts';
import { addChangeOptions, tellOutcomes, type ChangeOptions } from '../change-workers.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { isLive } from '../../core/worker-state.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';
import { isSelected, readSelection } from '../selection.ts';

export function abortCommand(act: Act): Command {
  return addChangeOptions(new Command('abort'))
    .summary('end workers at once; the work on their current job is lost')
    .description(
      'Ends the workers and all their processes at once. The work on their current job is lost; ' +
        'the job itself goes back to the queue.',
    )
    .option('-y, --yes', 'do not ask; needed where nobody can be asked')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew abort simulate-3', 'asks, then ends it'],
        ['nightcrew abort --pool simulate --yes', 'from a script'],
      ]),
    )
    .action(act(abort));
}

async function abort(
  context: CommandContext,
  workers: string[],
  options: ChangeOptions & { yes?: boolean },
): Promise<ExitCode> {
  const select = readSelection(workers, options);
  const client = await context.connect();
  if (!options.yes) {
    const state = await client.request('status', {});
    const chosen = state.workers.filter((worker) => isLive(worker.state) && isSelected(worker, select));
    if (chosen.length > 0) {
      const question = `Abort ${quantity(chosen.length, 'worker')}?`;
      if (!(await confirm(context.terminal, lostWork(chosen, context.clock.now()), question))) {
        context.terminal.print('Nothing was aborted.');
        return ExitCode.ok;
      }
    }
  }
  const { outcomes } = await client.request('abort', { select });
  return tellOutcomes(context, select, outcomes, options);
}

/** What an abort costs, a line for each worker that has a job. */
export function lostWork(workers: readonly WorkerView[], now: number): string[] {
  return workers.flatMap(({ id, job }) =>
    job ? [`${id} loses ${formatDuration((now - job.startedAt) / 1000)} of work on job ${job.id}.`] : [],
  );
}
