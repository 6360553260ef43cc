/** Shows which workers are waited for, with what they are busy, and what keeps the crew from its work, until a request is answered. */
import type { WorkerView } from '../control/crew-state.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { CommandContext } from './command-context.ts';
import { CrewFollower } from './crew-follower.ts';
import { isLive } from '../core/worker-state.ts';
import { cutToWidth } from './display-width.ts';
import { fitRows } from './fit-rows.ts';
import { quantity } from '../core/quantity.ts';
import { workerText } from './status-table.ts';
import { troubleLines } from './trouble-lines.ts';

/** Most waits are over before they are worth a word; milliseconds. */
const FIRST_SHOWN_AFTER = 500;
/** Ages grow without a change of state. */
const REDRAW_INTERVAL = 1_000;
/** A line in a log file says as much with fewer. */
const REPRINT_INTERVAL = 30_000;

export async function showWhileWaiting<Result>(
  context: CommandContext,
  client: ControlClient,
  request: Promise<Result>,
  concerns: (worker: WorkerView) => boolean = () => true,
): Promise<Result> {
  const { terminal, clock } = context;
  const follower = new CrewFollower({ client, reconnect: () => Promise.resolve(undefined), clock });
  const region = terminal.interactive ? terminal.live() : undefined;
  let cancel: () => void = () => undefined;
  const show = (): void => {
    const waiting = follower.state.workers.filter((worker) => concerns(worker) && isLive(worker.state));
    const troubles = troubleLines(follower.state.troubles, terminal.colors);
    if (waiting.length === 0 && troubles.length === 0) return;
    const lines = [...describeWaiting(waiting, clock.now()), ...troubles];
    if (!region) terminal.print(`${lines[0]!}…`);
    else
      region.show(
        fitRows(
          lines.map((line) => cutToWidth(line, terminal.columns)),
          terminal.rows,
        ),
      );
  };
  const repeat = (): void => {
    show();
    cancel = clock.after(region ? REDRAW_INTERVAL : REPRINT_INTERVAL, repeat);
  };
  // Watching fails when the supervisor ends first, which is what is waited for.
  const watching = follower.start().then(
    () => {
      cancel = clock.after(FIRST_SHOWN_AFTER, repeat);
    },
    () => undefined,
  );
  try {
    return await request;
  } finally {
    await watching;
    cancel();
    follower.stop();
    region?.end();
  }
}

/** A headline with the jobs, and a line for each of these; nothing when all have ended. */
export function describeWaiting(workers: readonly WorkerView[], now: number): string[] {
  if (workers.length === 0) return [];
  const busy = workers.filter(({ job }) => job !== undefined);
  const jobs = busy.map(({ job }) => job!.id).sort((left, right) => left - right);
  const finishing =
    jobs.length === 0 ? '' : ` to finish ${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')}`;
  return [
    `Waiting for ${quantity(workers.length, 'worker')}${finishing}`,
    ...busy.map((worker) => `  ${worker.id}: job ${workerText(worker, now)}`),
  ];
}
