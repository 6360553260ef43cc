import { Command } from 'commander';
import { awaitRegistration } from '../await-registration.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { requireCrewFile, requireNames } from '../crew-file-check.ts';
import { isLive } from '../../core/worker-state.ts';
import { CrewFollower } from '../crew-follower.ts';
import { warnOfDefaultPool } from '../known-pool.ts';
import { badInput } from '../cli-error.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';
import { noticeLines } from '../notice-lines.ts';
import { printOverridden, printRoomRefusals } from '../room-refusals.ts';

interface UpOptions {
  wait: boolean;
  workers: boolean;
  takeOver?: boolean;
  force?: boolean;
}

export function upCommand(act: Act): Command {
  return new Command('up')
    .summary('start the workers of the crew file')
    .description(
      'Starts the workers of the crew file, up to the number each pool asks for; those that live are kept. ' +
        'They go on in the background until `nightcrew down`. Those that the machine has no room for (memory, cores, GPUs) ' +
        'wait and are started when there is; --force starts them all the same.',
    )
    .argument('[pool...]', 'only these pools')
    .option('--force', 'start also those that the machine has no room for (audited)')
    .option('--no-wait', 'do not wait until the workers have registered')
    .option('--no-workers', 'start only the supervisor, e.g. to look at the jobs of an earlier run')
    .option('--take-over', 'go on with the queue of another machine that ran this crew and is gone for good')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew up', 'start the whole crew'],
        ['nightcrew up simulate', 'start the workers of one pool'],
      ]),
    )
    .action(act(up));
}

async function up(
  context: CommandContext,
  pools: string[],
  { wait, workers, takeOver = false, force = false }: UpOptions,
): Promise<ExitCode> {
  // What the commands below connect to is then the one that this starts.
  if (takeOver) await context.connectOrStart({ takeOver, withoutWorkers: !workers });
  if (!workers) return startSupervisor(context, pools);
  const crewFile = requireCrewFile(context.workspace, context.terminal);
  const known = crewFile.pools.map(({ name }) => name);
  requireNames('pool', pools, known);
  if (known.length === 0) throw badInput('The crew file has no pools.', 'Describe one under "pools:".');
  warnOfDefaultPool(context, known);
  return startWorkers(context, pools, { wait, force });
}

/** It ends by itself when nobody needs it for some minutes. */
async function startSupervisor(context: CommandContext, pools: string[]): Promise<ExitCode> {
  if (pools.length > 0)
    throw badInput('--no-workers starts the workers of no pool.', 'Leave out one of them.');
  const { server, workers } = await (
    await context.connectOrStart({ withoutWorkers: true })
  ).request('status', {});
  const live = quantity(workers.filter(({ state }) => isLive(state)).length, 'worker');
  context.terminal.print(`The supervisor is running as process ${server.pid}, with ${live}.`);
  return ExitCode.ok;
}

async function startWorkers(
  context: CommandContext,
  pools: string[],
  { wait, force }: { wait: boolean; force: boolean },
): Promise<ExitCode> {
  const client = await context.connectOrStart();
  const { clock, terminal } = context;
  const follower = new CrewFollower({ client, reconnect: () => context.connectIfAlive(), clock });
  follower.onNotice((notice) => {
    // What becomes of the workers is told below, and those with the same trouble once.
    if (notice.worker !== undefined) return;
    for (const line of noticeLines(notice, terminal.errorColors)) terminal.printError(line);
  });
  try {
    const { started, kept } = await client.request('up', {
      ...(pools.length > 0 ? { pools } : {}),
      ...(force ? { force } : {}),
    });
    const command = ['nightcrew up', ...pools, '--force'].join(' ');
    const waiting = printRoomRefusals(terminal, started, { waiting: true, command });
    printOverridden(terminal, started);
    const admitted = started.filter(({ ok, refusal }) => ok || !refusal);
    await follower.start();
    const failed = wait
      ? await awaitRegistration(context, follower, admitted)
      : admitted.filter(({ ok }) => !ok).length;
    const others = admitted.length - failed;
    if (others > 0 || failed + waiting === 0) terminal.print(summary(others, kept.length, wait));
    return failed + waiting > 0 ? ExitCode.failed : ExitCode.ok;
  } finally {
    follower.stop();
  }
}

function summary(started: number, kept: number, waited: boolean): string {
  const running =
    kept > 0 ? `; ${quantity(kept, 'worker')} ${kept === 1 ? 'was' : 'were'} running already` : '';
  return `${quantity(started, 'worker')} ${waited ? 'started and registered' : 'started'}${running}.`;
}
