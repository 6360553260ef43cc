/** Waits until workers that were started have registered, or it is known that they will not. */
import type { CrewState, WorkerView } from '../control/crew-state.ts';
import type { WorkerOutcome } from '../control/selection.ts';
import type { CommandContext } from './command-context.ts';
import type { CrewFollower } from './crew-follower.ts';
import { printStartFailures } from './start-failures.ts';
import { quantity } from '../core/quantity.ts';

/** Waits for the workers of the outcomes; prints who failed and why. Returns how many failed. */
export async function awaitRegistration(
  context: CommandContext,
  follower: CrewFollower,
  started: readonly WorkerOutcome[],
): Promise<number> {
  const ids = new Set(started.map(({ worker }) => worker));
  const chosen = (state: CrewState): WorkerView[] => state.workers.filter(({ id }) => ids.has(id));
  const live = context.terminal.interactive ? context.terminal.live() : undefined;
  try {
    const state = await follower.until((now) => {
      const waiting = chosen(now).filter((worker) => worker.state === 'STARTING').length;
      live?.show([`Waiting for ${waiting} of ${quantity(ids.size, 'worker')} to register…`]);
      return waiting === 0;
    });
    live?.end();
    const failed = chosen(state).filter((worker) => worker.state === 'FAILED');
    await printStartFailures(context.terminal, failed);
    return failed.length;
  } finally {
    live?.end();
  }
}
