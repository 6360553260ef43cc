import type { CommandContext } from './command-context.ts';
import { noCrewFile, nothingToStart } from '../refusals.ts';
import { tellOutcomes, tellSuccess } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

/** Starts the workers that the crew file asks for, of all pools or of one; those that live are kept. */
export async function startCrew(context: CommandContext, pool?: unknown): Promise<void> {
  context.link.requireTrustedPlace();
  // Asked before the supervisor is started, which would otherwise be left behind with nothing to do.
  if (!context.crewFile.exists) throw noCrewFile();
  const { started, kept } = await withProgress(async () => {
    const client = await context.link.ensure();
    return client.request('up', typeof pool === 'string' ? { pools: [pool] } : {});
  });
  if (started.length > 0) tellOutcomes(context, 'started', started);
  else if (kept.length > 0) tellSuccess(`all ${kept.length} workers are there already`);
  else {
    throw nothingToStart();
  }
}
