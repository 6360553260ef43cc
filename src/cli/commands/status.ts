import { Command } from 'commander';
import type { CrewState } from '../../control/crew-state.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { CrewFollower } from '../crew-follower.ts';
import { ExitCode } from '../exit-code.ts';
import { fitRows } from '../fit-rows.ts';
import { helpExamples } from '../help-examples.ts';
import { renderStatus } from '../status-table.ts';

interface StatusOptions {
  json?: boolean;
  watch?: boolean;
}

/** Ages (of a heartbeat, of a job) grow without a change of state; milliseconds. */
const REDRAW_INTERVAL = 1_000;
/** Where nothing can be drawn in place, a table every few seconds is enough. */
const REPRINT_INTERVAL = 5_000;

export function statusCommand(act: Act): Command {
  return new Command('status')
    .summary('show pools, workers and unfinished batches')
    .description(
      'Shows the machine, the pools with their queues, the workers with what they do, and unfinished batches.',
    )
    .option('--json', 'print the whole state as JSON; with --watch, one line for each change')
    .option('--watch', 'keep showing it until Ctrl-C')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew status --watch', 'follow the crew'],
        ["nightcrew status --json | jq '.pools[].counts'", 'figures for a script'],
      ]),
    )
    .action(act(status));
}

async function status(context: CommandContext, { json, watch }: StatusOptions): Promise<ExitCode> {
  const client = await context.connect();
  if (watch)
    return watchStatus(
      context,
      new CrewFollower({ client, reconnect: () => context.connectIfAlive(), clock: context.clock }),
      json,
    );
  const state = await client.request('status', {});
  if (json) context.terminal.print(JSON.stringify(state));
  else for (const line of render(context, state)) context.terminal.print(line);
  return ExitCode.ok;
}

function render({ terminal, clock }: CommandContext, state: CrewState): string[] {
  const { colors, interactive, columns } = terminal;
  return renderStatus(state, { colors, now: clock.now(), width: interactive ? columns : undefined });
}

/** Until the supervisor ends; Ctrl-C ends this process and nothing else. */
async function watchStatus(context: CommandContext, follower: CrewFollower, json = false): Promise<ExitCode> {
  const { terminal } = context;
  await follower.start();
  const stop = json
    ? printEachState(follower, (line) => terminal.print(line))
    : showRepeatedly(context, follower);
  try {
    return await new Promise<never>((_resolve, reject) => follower.onEnd(reject));
  } finally {
    stop();
  }
}

function printEachState(follower: CrewFollower, print: (line: string) => void): () => void {
  const tell = (state: CrewState): void => print(JSON.stringify(state));
  tell(follower.state);
  return follower.onState(tell);
}

function showRepeatedly(context: CommandContext, follower: CrewFollower): () => void {
  const { terminal, clock } = context;
  const region = terminal.interactive ? terminal.live() : undefined;
  let cancel: () => void = () => undefined;
  const show = (): void => {
    const lines = render(context, follower.state);
    if (region) region.show(fitRows(lines, terminal.rows));
    else for (const line of [...lines, '']) terminal.print(line);
  };
  const repeat = (): void => {
    show();
    cancel = clock.after(region ? REDRAW_INTERVAL : REPRINT_INTERVAL, repeat);
  };
  repeat();
  const stopListening = region ? follower.onState(show) : (): void => undefined;
  return () => {
    cancel();
    stopListening();
    region?.end();
  };
}
