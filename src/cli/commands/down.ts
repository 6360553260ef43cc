import { Command, Option } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { isLive } from '../../core/worker-state.ts';
import { endCrew, type DownMode } from '../end-crew.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';
import { lostWork } from './abort.ts';

interface DownOptions {
  stop?: boolean;
  abort?: boolean;
  yes?: boolean;
}

export function downCommand(act: Act): Command {
  return new Command('down')
    .summary('end all workers and the supervisor')
    .description(
      'Ends the crew and leaves no process behind. Workers finish the job they have (which may take as long as the job ' +
        'does); pending jobs stay in the queue for the next `nightcrew up` or `nightcrew run`.',
    )
    .addOption(
      new Option(
        '--stop',
        'jobs are asked to end early and go back to the queue; after 30 s by force',
      ).conflicts('abort'),
    )
    .option(
      '--abort',
      'end everything at once; the work on current jobs is lost, the jobs go back to the queue',
    )
    .option('-y, --yes', 'do not ask before --abort; needed where nobody can be asked')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew down', 'finish current jobs, then end'],
        ['nightcrew down --stop', 'within half a minute'],
      ]),
    )
    .action(act(down));
}

async function down(context: CommandContext, { stop, abort, yes }: DownOptions): Promise<ExitCode> {
  const { terminal, clock } = context;
  const client = await context.connectIfAlive();
  if (!client) {
    terminal.print(`No supervisor is running for ${context.workspace}; there is nothing to end.`);
    return ExitCode.ok;
  }
  const mode: DownMode = abort ? 'abort' : stop ? 'stop' : 'drain';
  if (mode === 'abort' && !yes) {
    const { workers } = await client.request('status', {});
    const live = workers.filter(({ state }) => isLive(state));
    const question = `Abort ${quantity(live.length, 'worker')} and end the crew?`;
    if (live.length > 0 && !(await confirm(terminal, lostWork(live, clock.now()), question))) {
      terminal.print('Nothing was aborted.');
      return ExitCode.ok;
    }
  }
  return endCrew(context, client, mode);
}
