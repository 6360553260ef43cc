import { Command } from 'commander';
import { effectiveSettings, type EffectiveSetting } from '../../core/effective-settings.ts';
import { formatDuration } from '../../core/duration.ts';
import { readSettings, SETTINGS } from '../../core/settings.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { crewFileIfAny } from '../crew-file-check.ts';
import { warnOfDefaultPool } from '../known-pool.ts';
import { printProblem } from '../report-error.ts';
import { renderTable } from '../table.ts';

export function settingsCommand(act: Act): Command {
  return new Command('settings')
    .summary('show which settings hold, and where each stands')
    .description(
      'Shows the settings with which workers are started, and where each of them stands: in the crew file, in the settings of ' +
        'VS Code, in a WORKER_* variable of the environment, or nowhere. Those of who started workers last hold; a running ' +
        'worker keeps what it was started with. Where no supervisor runs, it shows what `nightcrew up` would start them with.',
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
  const { terminal } = context;
  const client = await context.connectIfAlive();
  const held = client ? await client.request('settings', {}) : foreseen(context);
  const exitCode = tellUnread(context) ? ExitCode.badInput : ExitCode.ok;
  if (json) {
    terminal.print(JSON.stringify(held));
    return exitCode;
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
  return exitCode;
}

/** What would hold if the crew were started from here. */
function foreseen(context: CommandContext): EffectiveSetting[] {
  const { host, terminal, workspace } = context;
  terminal.printError(
    `No supervisor is running for ${workspace}: so \`nightcrew up\` would start the workers.`,
  );
  const crewFile = crewFileIfAny(workspace, terminal);
  if (crewFile)
    warnOfDefaultPool(
      context,
      crewFile.pools.map(({ name }) => name),
    );
  return effectiveSettings(host.settings?.() ?? [], crewFile);
}

/** Variables of this environment with which nothing would be started. */
function tellUnread({ host, terminal }: CommandContext): boolean {
  const { problems } = readSettings(host.settings?.() ?? []);
  for (const { message, nextStep } of problems) printProblem(terminal, { message, nextStep });
  return problems.length > 0;
}

function valueText({ name, value }: EffectiveSetting): string {
  const description = SETTINGS.find((setting) => setting.name === name);
  if (value === undefined) return description?.otherwise ?? '';
  return description?.kind === 'duration' || description?.kind === 'heartbeat'
    ? formatDuration(Number(value))
    : String(value);
}
