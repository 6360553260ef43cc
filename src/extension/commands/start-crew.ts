import type { WorkerOutcome } from '../../control/selection.ts';
import type { CommandContext } from './command-context.ts';
import { quantity } from '../../core/quantity.ts';
import { noCrewFile, nothingToStart } from '../refusals.ts';
import { offerStartAnyway, splitRefused } from './start-anyway.ts';
import { tellOutcomes, tellSuccess } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

/** Starts the workers that the crew file asks for, of all pools or of one; those that live are kept. */
export async function startCrew(context: CommandContext, pool?: unknown): Promise<void> {
  context.link.requireTrustedPlace();
  // Asked before the supervisor is started, which would otherwise be left behind with nothing to do.
  if (!context.crewFile.exists) throw noCrewFile();
  const up = (force: boolean): Promise<{ started: WorkerOutcome[]; kept: string[] }> =>
    withProgress(async () => {
      const client = await context.link.ensure();
      const pools = typeof pool === 'string' ? { pools: [pool] } : {};
      return client.request('up', { ...pools, ...(force ? { force } : {}) });
    });
  const { started, kept } = await up(false);
  const { refused, others } = splitRefused(started);
  if (others.length > 0) tellOutcomes(context, 'started', others);
  else if (started.length > 0) context.log.warn(`No room: ${started.map(({ worker }) => worker).join(', ')}`);
  else if (kept.length > 0)
    tellSuccess(`${quantity(kept.length, 'worker')} ${kept.length === 1 ? 'is' : 'are'} there already`);
  else throw nothingToStart();
  if (await offerStartAnyway(refused, true)) tellOutcomes(context, 'started', (await up(true)).started);
}
