/** Ends the workers, the supervisor and the keeper, and says what was waited for and what is left. */
import type { ControlRequests } from '../control/api.ts';
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { PoolView } from '../control/crew-state.ts';
import type { WorkerOutcome } from '../control/selection.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { CommandContext } from './command-context.ts';
import { ExitCode } from './exit-code.ts';
import { quantity } from '../core/quantity.ts';
import { printOutcomes, workerOutcome } from './outcomes.ts';
import type { Terminal } from './terminal.ts';
import { showWhileWaiting } from './waiting-display.ts';

export type DownMode = ControlRequests['down']['parameters']['mode'];

/** Resolves when the processes are gone. */
export async function endCrew(
  context: CommandContext,
  client: ControlClient,
  mode: DownMode,
  unless: { attended?: boolean } = {},
): Promise<ExitCode> {
  const { terminal } = context;
  const { pools } = await client.request('status', {});
  const unlessAttended = unless.attended ?? false;
  const { outcomes, ended, attended } = await takeDown(context, client, { mode, unlessAttended });
  if (attended) {
    terminal.print('Another `nightcrew run` works with the crew; it goes on.');
    return ExitCode.ok;
  }
  if (!ended) {
    terminal.print('Somebody started the crew again meanwhile; it goes on.');
    return printFailures(terminal, outcomes);
  }
  // The answer comes when the workers are gone; supervisor and keeper need a moment more.
  await context.connectIfAlive();
  const exitCode = printFailures(terminal, outcomes);
  terminal.print(`The crew has ended${remainderText(pools, mode)}.`);
  return exitCode;
}

async function takeDown(
  context: CommandContext,
  client: ControlClient,
  { mode, unlessAttended }: ControlRequests['down']['parameters'],
): Promise<ControlRequests['down']['result']> {
  try {
    return await showWhileWaiting(
      context,
      client,
      client.request('down', { mode, ...(unlessAttended ? { unlessAttended } : {}) }),
    );
  } catch (error) {
    // Somebody else ended it meanwhile: what was asked for is so.
    const ended = error instanceof ControlError && error.code === ControlErrorCode.ending;
    if (ended && !(await context.connectIfAlive())) return { outcomes: [], ended: true };
    throw error;
  }
}

function printFailures(terminal: Terminal, outcomes: readonly WorkerOutcome[]): ExitCode {
  return printOutcomes(terminal, outcomes.filter(({ ok }) => !ok).map(workerOutcome));
}

/** What stays in the queue: what waits, and what is given back by workers that do not finish it. */
function remainderText(pools: readonly PoolView[], mode: DownMode): string {
  const left = pools.reduce(
    (sum, { counts }) => sum + counts.pending + (mode === 'drain' ? 0 : counts.running),
    0,
  );
  return left === 0 ? '' : `; ${quantity(left, 'job')} ${left === 1 ? 'stays' : 'stay'} in the queue`;
}
