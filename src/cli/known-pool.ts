/** The supervisor, for a command about one pool: started only if the pool exists. */
import type { ControlClient } from '../control/client-contract.ts';
import { readSettings } from '../core/settings.ts';
import type { CommandContext } from './command-context.ts';
import { suggestName } from '../core/closest-name.ts';
import { printProblem } from './report-error.ts';
import { requireCrewFile, requireNames } from './crew-file-check.ts';

/** The pool that a command names, or that WORKER_QUEUE_NAME names for all that name none. */
export function poolMeant(context: CommandContext, named: string | undefined): string | undefined {
  return named ?? readSettings(context.host.settings?.() ?? []).settings.queueName;
}

/**
 * A default pool that is not there would be found by the next command that names none, perhaps at night. It may be meant for
 * another workspace, so that a crew is started all the same.
 */
export function warnOfDefaultPool({ host, terminal }: CommandContext, known: readonly string[]): void {
  const given = host.settings?.() ?? [];
  const { queueName } = readSettings(given).settings;
  if (queueName === undefined || known.includes(queueName)) return;
  const { from } = given.find(({ name }) => name === 'queueName')!;
  printProblem(
    terminal,
    {
      message: `${from} names the pool "${queueName}", which is not in the crew file: commands that name no pool fail.`,
      nextStep: `${suggestName(queueName, known) ?? ''} Correct it, or remove it.`.trim(),
    },
    'warning',
  );
}

/**
 * Connects. A supervisor that lives judges the pool itself, as it may know one that has left the crew file. Where none
 * lives, the crew file judges before one is started for nothing.
 */
export async function requireKnownPool(context: CommandContext, pool: string): Promise<ControlClient> {
  const client = await context.connectIfAlive();
  if (client) return client;
  const { pools } = requireCrewFile(context.workspace, context.terminal);
  requireNames(
    'pool',
    [pool],
    pools.map(({ name }) => name),
  );
  return context.connectOrStart();
}
