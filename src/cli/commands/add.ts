import { Command } from 'commander';
import { awaitRegistration } from '../await-registration.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { CrewFollower } from '../crew-follower.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../job-text.ts';
import { requireKnownPool } from '../known-pool.ts';
import { collectAssignments, positiveInteger } from '../option-values.ts';

interface AddOptions {
  count: number;
  label?: Record<string, string>;
  wait: boolean;
}

export function addCommand(act: Act): Command {
  return new Command('add')
    .summary('add workers to a pool')
    .description('Starts more workers in a pool, beyond the number in the crew file.')
    .argument('<pool>', 'the pool they belong to')
    .option('-n, --count <number>', 'how many', positiveInteger, 1)
    .option('--label <name=value>', 'a label they carry; may be repeated', collectAssignments)
    .option('--no-wait', 'do not wait until the workers have registered')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew add simulate -n 2', 'two more workers'],
        ['nightcrew add annotate --label annotator=ada', 'one that takes the jobs of one annotator'],
      ]),
    )
    .action(act(add));
}

async function add(context: CommandContext, pool: string, options: AddOptions): Promise<ExitCode> {
  const { count, label, wait } = options;
  const client = await requireKnownPool(context, pool);
  const follower = new CrewFollower({
    client,
    reconnect: () => context.connectIfAlive(),
    clock: context.clock,
  });
  try {
    const { outcomes } = await client.request('add', {
      pool,
      count,
      ...(label ? { labels: label } : {}),
    });
    await follower.start();
    const failed = wait
      ? await awaitRegistration(context, follower, outcomes)
      : outcomes.filter(({ ok }) => !ok).length;
    const names = outcomes.map(({ worker }) => worker).join(', ');
    if (failed < outcomes.length) {
      context.terminal.print(`${quantity(outcomes.length - failed, 'worker')} added to ${pool}: ${names}.`);
    }
    return failed > 0 ? ExitCode.failed : ExitCode.ok;
  } finally {
    follower.stop();
  }
}
