/** The supervisor, for a command about one pool: started only if the pool exists. */
import type { ControlClient } from '../control/client-contract.ts';
import { readSettings } from '../core/settings.ts';
import type { CommandContext } from './command-context.ts';
import { requireCrewFile, requireNames } from './crew-file-check.ts';

/** The pool that a command names, or that WORKER_QUEUE_NAME names for all that name none. */
export function poolMeant(context: CommandContext, named: string | undefined): string | undefined {
  return named ?? readSettings(context.host.settings?.() ?? []).settings.queueName;
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
