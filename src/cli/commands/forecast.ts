import { Command } from 'commander';
import type { PoolForecast } from '../../control/pool-forecast.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Forecast } from '../../core/forecast.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { integer } from '../option-values.ts';
import { plainText } from '../plain-text.ts';
import { renderTable } from '../table.ts';
import { timeText } from '../time-text.ts';
import { quantity } from '../../core/quantity.ts';

interface ForecastOptions {
  more: number;
  json?: boolean;
}

export function forecastCommand(act: Act): Command {
  return new Command('forecast')
    .summary('say when the work ends, and what more workers would change')
    .description(
      'Says when the jobs of a pool will have ended, and when with more or fewer workers: from the times that ended jobs of the ' +
        'same batch or task took. It does not know which workers may take which jobs, nor whether the machine has room for more.',
    )
    .argument('[pool]', 'only this pool')
    .option('-n, --more <number>', 'workers to think of in addition; below 0: fewer', integer, 1)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew forecast', 'all pools, and each with one more worker'],
        ['nightcrew forecast simulate --more 3', 'and with three more?'],
      ]),
    )
    .action(act(forecast));
}

async function forecast(
  context: CommandContext,
  pool: string | undefined,
  { more, json }: ForecastOptions,
): Promise<ExitCode> {
  const client = await context.connect();
  const { terminal } = context;
  const answer = await client.request('forecast', { more, ...(pool === undefined ? {} : { pool }) });
  if (json) terminal.print(JSON.stringify(answer));
  else if (answer.pools.length === 0) terminal.print('No pools: describe one in nightcrew.yaml.');
  else for (const line of renderForecast(answer.pools, answer.at)) terminal.print(line);
  return ExitCode.ok;
}

export function renderForecast(pools: readonly PoolForecast[], at: number): string[] {
  return renderTable(
    [
      { title: 'POOL' },
      { title: 'JOBS LEFT', align: 'right' },
      { title: 'WORKERS', align: 'right' },
      { title: 'ENDS' },
      { title: 'WHAT IF' },
      { title: 'ENDS' },
      { title: 'BASIS' },
    ],
    pools.map(({ pool, left, whatIf, ...now }) => [
      pool,
      left.toLocaleString('en'),
      String(now.workers),
      endText(now, at),
      left === 0 ? '' : quantity(whatIf.workers, 'worker'),
      left === 0 ? '' : endText(whatIf, at),
      plainText(now.seconds === undefined && whatIf.seconds !== undefined ? whatIf.reason : now.reason),
    ]),
    {},
  );
}

/** `about 2026-11-22 09:15:00 (in 2 h 14 min)`. */
function endText({ seconds }: Forecast, at: number): string {
  if (seconds === undefined) return 'unknown';
  if (seconds === 0) return 'now';
  // To the minute: more would pretend to know more.
  const minute = timeText(at + seconds * 1000).slice(0, -3);
  return `about ${minute} (in ${formatDuration(seconds)})`;
}
