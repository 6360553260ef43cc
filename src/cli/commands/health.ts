import { Command } from 'commander';
import type { HealthReport } from '../../control/health-report.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { quantity } from '../../core/quantity.ts';
import { plainText } from '../plain-text.ts';
import { addSelection, readSelection, selectionText, type SelectionOptions } from '../selection.ts';
import { renderTable, type Cell } from '../table.ts';
import type { Colors } from '../terminal.ts';

export function healthCommand(act: Act): Command {
  return addSelection(new Command('health'))
    .summary('check workers: process, heartbeat, response, completion, errors, memory, outputs')
    .description(
      'Checks workers now, all unless some are named. Ends with exit code 1 if one is not healthy. `health:` and `outputs:` of a pool in nightcrew.yaml say what is.',
    )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew health', 'the whole crew'],
        ['nightcrew health --json > health.json', 'for a monitoring script'],
      ]),
    )
    .action(act(health));
}

async function health(
  context: CommandContext,
  workers: string[],
  options: SelectionOptions & { json?: boolean },
): Promise<ExitCode> {
  const select = readSelection(workers, options, { all: true });
  const client = await context.connect();
  const report = await client.request('health', { select });
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify(report));
  else if (report.total === 0)
    terminal.print(`No worker${selectionText(select)} to check: \`nightcrew up\` starts them.`);
  else {
    const width = terminal.interactive ? terminal.columns : undefined;
    for (const line of renderHealth(report, terminal.colors, width)) terminal.print(line);
  }
  return report.healthy < report.total ? ExitCode.failed : ExitCode.ok;
}

/** A line for each check, those of one worker together. */
export function renderHealth(
  { healthy, total, workers }: HealthReport,
  colors: Colors,
  width?: number,
): string[] {
  const verdict = (ok: boolean): Cell =>
    ok ? { text: 'ok', style: colors.green } : { text: 'FAIL', style: colors.red };
  const rows = workers.flatMap(({ worker, checks }) =>
    checks.map(({ name, ok, message }, index) => [
      { text: index === 0 ? worker : '' },
      verdict(ok),
      { text: name },
      { text: plainText(message) },
    ]),
  );
  const table = renderTable(
    [{ title: 'WORKER' }, { title: '' }, { title: 'CHECK' }, { title: 'FINDING' }],
    rows,
    { width, titleStyle: colors.dim },
  );
  const style = healthy < total ? colors.red : colors.green;
  return [...table, '', style(`${healthy} of ${quantity(total, 'worker')} healthy.`)];
}
