import type { CommandContext } from './command-context.ts';
import { noCrewFile } from './no-crew-file.ts';
import { tellOutcomes, tellSuccess } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

/** Starts the workers that the crew file asks for; those that live are kept. */
export async function startCrew(context: CommandContext): Promise<void> {
  context.link.requireTrustedPlace();
  // Asked before the supervisor is started, which would otherwise be left behind with nothing to do.
  if (!context.crewFile.exists) throw noCrewFile();
  const { started, kept } = await withProgress(async () => {
    const client = await context.link.ensure();
    return client.request('up', {});
  });
  if (started.length === 0) tellSuccess(`the crew was complete, ${kept.length} workers`);
  else tellOutcomes(context, 'started', started);
}
