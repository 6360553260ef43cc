import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { suggestName } from '../../core/closest-name.ts';
import { badInput } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { LogFollower } from '../../control/log-follow.ts';
import { readLogTail } from '../../control/log-tail.ts';
import { naturalNumber } from '../option-values.ts';

interface LogsOptions {
  lines: number;
  follow?: boolean;
}

export function logsCommand(act: Act): Command {
  return new Command('logs')
    .summary("show the end of a worker's log")
    .description("Shows the end of a worker's log: what the program printed, on stdout or stderr.")
    .argument('<worker>', 'id such as simulate-1')
    .option('-n, --lines <number>', 'how many lines', naturalNumber, 50)
    .option('-f, --follow', 'go on with what is appended, until Ctrl-C')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew logs simulate-1', 'the last 50 lines'],
        ['nightcrew logs simulate-1 -f', 'and what comes, also when the log is rotated'],
      ]),
    )
    .action(act(logs));
}

async function logs(
  context: CommandContext,
  worker: string,
  { lines, follow }: LogsOptions,
): Promise<ExitCode> {
  const file = await findLog(context, worker);
  const { terminal } = context;
  if (!follow) {
    terminal.write(await readLogTail(file, lines));
    return ExitCode.ok;
  }
  const follower = new LogFollower(file, context.clock, (text) => terminal.write(text));
  const interrupted = new Promise<void>((resolve) => {
    context.host.onSignal('SIGINT', resolve);
    context.host.onSignal('SIGTERM', resolve);
  });
  await follower.start(lines);
  await interrupted;
  await follower.stop();
  return ExitCode.ok;
}

/** Where the supervisor writes it; the log of a worker that was removed, or of an ended crew, is found by its name. */
async function findLog(context: CommandContext, worker: string): Promise<string> {
  // Without a supervisor a log can be read all the same; where there is none, `connect` says what is the matter.
  const client = await context.connectIfAlive().catch(() => undefined);
  const { workers } = client ? await client.request('status', {}) : { workers: [] };
  client?.close();
  const known = workers.find(({ id }) => id === worker);
  if (known) return known.logFile;
  const file = join(context.workspace, '.nightcrew', 'logs', `worker_${worker}.log`);
  if (basename(worker) === worker && existsSync(file)) return file;
  if (!client) await context.connect();
  const ids = workers.map(({ id }) => id);
  throw badInput(
    `There is no worker "${worker}".`,
    suggestName(worker, ids) ?? 'There are no workers; `nightcrew up` starts them.',
  );
}
