import { Command } from 'commander';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { findBatch } from '../find-batch.ts';
import { helpExamples } from '../help-examples.ts';

export function resultsCommand(act: Act): Command {
  return new Command('results')
    .summary('write the results of a batch as CSV')
    .description(
      'Writes parameters and results of the jobs of a batch that have ended as one CSV file, and prints its path. ' +
        'May be given while the batch is worked on; the file is replaced whole.',
    )
    .argument('<batch>', 'name or number; of several with the same name, the newest')
    .option('--json', 'print { file, rows } as JSON')
    .addHelpText('after', helpExamples([['head "$(nightcrew results sweep)"', 'the first rows']]))
    .action(act(results));
}

async function results(
  context: CommandContext,
  name: string,
  { json }: { json?: boolean },
): Promise<ExitCode> {
  const client = await context.connect();
  const batch = await findBatch(client, name);
  const exported = await client.request('exportResults', { batch: batch.id });
  context.terminal.print(json ? JSON.stringify(exported) : exported.file);
  return ExitCode.ok;
}
