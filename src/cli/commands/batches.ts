import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { renderBatches } from '../status-table.ts';

export function batchesCommand(act: Act): Command {
  return new Command('batches')
    .summary('list batches')
    .description('Lists everything that was enqueued together, with counts.')
    .option('--json', 'print as JSON')
    .addHelpText('after', helpExamples([['nightcrew batches', 'all of them']]))
    .action(act(batches));
}

async function batches(context: CommandContext, { json }: { json?: boolean }): Promise<ExitCode> {
  const client = await context.connect();
  const rows = await client.request('batches', {});
  const { terminal } = context;
  if (json) terminal.print(JSON.stringify(rows));
  else if (rows.length === 0) terminal.print('Nothing has been enqueued yet.');
  else {
    const width = terminal.interactive ? terminal.columns : undefined;
    for (const line of renderBatches(rows, { width, titleStyle: terminal.colors.dim })) terminal.print(line);
  }
  return ExitCode.ok;
}
