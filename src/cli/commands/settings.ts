import { Command } from 'commander';
import type { EffectiveSetting } from '../../control/care.ts';
import { formatDuration } from '../../core/duration.ts';
import { SETTINGS } from '../../core/settings.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { renderTable } from '../table.ts';

export function settingsCommand(act: Act): Command {
  return new Command('settings')
    .summary('show which settings hold, and where each stands')
    .description(
      'Shows the settings with which workers are started, and where each of them stands: in the crew file, in the settings of ' +
        'VS Code, in a WORKER_* variable of the environment, or nowhere. Those of who started workers last hold; a running ' +
        'worker keeps what it was started with.',
    )
    .option('--json', 'print as JSON: a list of { name, pool, value, from }')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew settings', 'what holds'],
        ['WORKER_TASK_TIMEOUT=12h nightcrew up', 'start the crew with another one'],
      ]),
    )
    .action(act(settings));
}

async function settings(context: CommandContext, { json }: { json?: boolean }): Promise<ExitCode> {
  const client = await context.connect();
  const held = await client.request('settings', {});
  const { terminal } = context;
  if (json) {
    terminal.print(JSON.stringify(held));
    return ExitCode.ok;
  }
  const width = terminal.interactive ? terminal.columns : undefined;
  const rows = held.map((setting) => [
    setting.name,
    setting.pool ?? '',
    valueText(setting),
    setting.from,
    SETTINGS.find(({ name }) => name === setting.name)?.description ?? '',
  ]);
  const titles = ['SETTING', 'POOL', 'VALUE', 'FROM', 'WHAT'].map((title) => ({ title }));
  for (const line of renderTable(titles, rows, { width, titleStyle: terminal.colors.dim }))
    terminal.print(line);
  return ExitCode.ok;
}

function valueText({ name, value }: EffectiveSetting): string {
  const description = SETTINGS.find((setting) => setting.name === name);
  if (value === undefined) return description?.otherwise ?? '';
  return description?.kind === 'duration' || description?.kind === 'heartbeat'
    ? formatDuration(Number(value))
    : String(value);
}
