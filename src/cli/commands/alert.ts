import { Command } from 'commander';
import { badInput } from '../cli-error.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { plainText } from '../plain-text.ts';

export function alertCommand(act: Act): Command {
  return new Command('alert')
    .summary('try the ways by which alerts are sent')
    .description(
      'Sends a test by every way that the crew file names under "alerts:", and says what came of it.',
    )
    .option('--test', 'send one')
    .addHelpText('after', helpExamples([['nightcrew alert --test', 'see whether the webhook works']]))
    .action(act(alert));
}

async function alert(context: CommandContext, { test }: { test?: boolean }): Promise<ExitCode> {
  if (!test) throw badInput('Nothing was sent.', 'Add --test.');
  const client = await context.connect();
  const { outcomes } = await client.request('alert', {});
  if (outcomes.length === 0) {
    throw badInput(
      'The crew file names nobody who is to be told.',
      'Add for example: alerts: { webhook: { file: ~/.config/nightcrew/webhook } }.',
    );
  }
  for (const { channel, ok, message } of outcomes) {
    const line = plainText(`${channel}: ${message}`);
    if (ok) context.terminal.print(line);
    else context.terminal.printError(context.terminal.errorColors.red(line));
  }
  return outcomes.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.failed;
}
