import type { CommandContext } from './command-context.ts';
import { tellSuccess } from './tell-outcomes.ts';
import { withProgress } from './with-progress.ts';

/** Starts the supervisor alone; a crew that was running when it ended is brought back by it. */
export async function startSupervisor(context: CommandContext): Promise<void> {
  const client = await withProgress(() => context.link.ensure());
  tellSuccess(`supervisor is running, PID ${client.server.pid}`);
}
