import { Command } from 'commander';
import { awaitRegistration } from '../await-registration.ts';
import { badInput } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { CrewFollower } from '../crew-follower.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';
import { poolMeant, requireKnownPool } from '../known-pool.ts';
import { printOverridden, printRoomRefusals } from '../room-refusals.ts';
import { collectAssignments, positiveInteger } from '../option-values.ts';

interface AddOptions {
  count: number;
  label?: Record<string, string>;
  wait: boolean;
  force?: boolean;
}

export function addCommand(act: Act): Command {
  return new Command('add')
    .summary('add workers to a pool')
    .description(
      'Starts more workers in a pool, beyond the number in the crew file. One that the machine has no room for (memory, ' +
        'cores, GPUs) is not started, and the figures are told; --force starts it all the same.',
    )
    .argument('[pool]', 'the pool they belong to (default: WORKER_QUEUE_NAME)')
    .option('-n, --count <number>', 'how many', positiveInteger, 1)
    .option('--label <name=value>', 'a label they carry; may be repeated', collectAssignments)
    .option('--force', 'start them although the machine has no room for them (audited)')
    .option('--no-wait', 'do not wait until the workers have registered')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew add simulate -n 2', 'two more workers'],
        ['nightcrew add simulate --force', 'one more, whatever it does to the machine'],
        ['nightcrew add annotate --label annotator=ada', 'one that takes the jobs of one annotator'],
      ]),
    )
    .action(act(add));
}

async function add(
  context: CommandContext,
  named: string | undefined,
  options: AddOptions,
): Promise<ExitCode> {
  const pool = poolMeant(context, named);
  if (pool === undefined) throw badInput('No pool is named.', 'Name one: nightcrew add simulate.');
  const { count, label, wait, force = false } = options;
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
      ...(force ? { force } : {}),
    });
    const refused = printRoomRefusals(context.terminal, outcomes, {
      waiting: false,
      command: `nightcrew add ${pool} --force`,
    });
    printOverridden(context.terminal, outcomes);
    const admitted = outcomes.filter(({ ok, refusal }) => ok || !refusal);
    await follower.start();
    const failed = wait
      ? await awaitRegistration(context, follower, admitted)
      : admitted.filter(({ ok }) => !ok).length;
    const names = admitted.map(({ worker }) => worker).join(', ');
    if (failed < admitted.length) {
      context.terminal.print(`${quantity(admitted.length - failed, 'worker')} added to ${pool}: ${names}.`);
    }
    return failed + refused > 0 ? ExitCode.failed : ExitCode.ok;
  } finally {
    follower.stop();
  }
}
