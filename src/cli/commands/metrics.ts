import { Command } from 'commander';
import type { MetricPoint, MetricsReport, MetricsSeries } from '../../control/metrics-report.ts';
import { formatByteSize } from '../../core/byte-size.ts';
import { formatDuration } from '../../core/duration.ts';
import { onGrid } from '../../core/time-grid.ts';
import type { Act } from '../command-action.ts';
import type { CommandContext } from '../command-context.ts';
import { ExitCode } from '../exit-code.ts';
import { helpExamples } from '../help-examples.ts';
import { duration } from '../option-values.ts';
import { plainText } from '../plain-text.ts';
import { readTime } from '../read-time.ts';
import { sparkline } from '../sparkline.ts';
import { renderTable, type Cell } from '../table.ts';
import type { Colors } from '../terminal.ts';
import { timeText } from '../time-text.ts';

interface MetricsOptions {
  since?: string;
  until?: string;
  step?: number;
  json?: boolean;
}

/** Bars of a row, about, and where a step is given at most: there are three rows of bars beside each other. */
const COLUMNS = 20;
const MOST_COLUMNS = 40;
const HOUR = 3_600_000;

export function metricsCommand(act: Act): Command {
  return new Command('metrics')
    .summary('show memory, CPU, load and ended jobs over time')
    .description(
      'Shows how workers and pools did over time: the share of the time they had a job, CPU, memory (on average and at most, of whole ' +
        'process trees) and attempts that ended. A blank in a row of bars is a time in which no worker lived or the machine slept. Figures ' +
        'of 10 seconds are kept for an hour, of a minute for a day, of 10 minutes for 30 days.',
    )
    .argument('[name]', 'only this worker, or this pool with its workers')
    .option('--since <time>', 'from when: 2h (ago), yesterday, "2026-11-22 04:39" (default: 1h)')
    .option('--until <time>', 'until when (default: now)')
    .option(
      '--step <duration>',
      `length of one bar (a row has ${MOST_COLUMNS} at most), or of one point of --json, at least`,
      duration,
    )
    .option('--json', 'print as JSON: every point')
    .addHelpText(
      'after',
      helpExamples([
        ['nightcrew metrics --since 12h', 'what happened over night'],
        ['nightcrew metrics simulate', 'a pool and its workers, the last hour'],
        ['nightcrew metrics simulate-1 --since 2d --json > simulate-1.json', 'to plot it elsewhere'],
      ]),
    )
    .action(act(metrics));
}

async function metrics(
  context: CommandContext,
  of: string | undefined,
  options: MetricsOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const { json = false } = options;
  const now = context.clock.now();
  const until = readTime('--until', options.until, now) ?? now;
  const since = readTime('--since', options.since, now) ?? until - HOUR;
  const step = json ? options.step : barSeconds(options.step, (until - since) / 1000);
  const client = await context.connect();
  const report = await client.request('metrics', {
    ...(of === undefined ? {} : { of }),
    since,
    until,
    ...(step === undefined ? {} : { step }),
  });
  if (json) terminal.print(JSON.stringify(report));
  else {
    const width = terminal.interactive ? terminal.columns : undefined;
    for (const line of renderMetrics(report, terminal.colors, width)) terminal.print(line);
  }
  return ExitCode.ok;
}

function barSeconds(step: number | undefined, range: number): number {
  return step === undefined ? range / COLUMNS : Math.max(step, range / MOST_COLUMNS);
}

export function renderMetrics(report: MetricsReport, colors: Colors, width?: number): string[] {
  const seen = report.series.filter(({ overall }) => overall !== undefined);
  if (seen.length === 0) return ['Nothing was seen in that time: no worker lived.'];
  const { since, until, step } = report;
  const table = renderTable(
    [
      { title: 'POOL, WORKER' },
      { title: 'BUSY', align: 'right' },
      { title: '' },
      { title: 'CPU', align: 'right' },
      { title: '' },
      { title: 'MEMORY', align: 'right' },
      { title: 'AT MOST', align: 'right' },
      { title: '' },
      { title: 'DONE', align: 'right' },
      { title: 'FAILED', align: 'right' },
      { title: 'PER MINUTE', align: 'right' },
    ],
    seen.map((series) => rowOf(series, report)),
    { width, titleStyle: colors.dim },
  );
  const note = `${timeText(since)} to ${timeText(until)}; each bar ${formatDuration(step)}, as high as the highest of its row (busy: 100 %).`;
  return [...table, '', colors.dim(note)];
}

function rowOf(series: MetricsSeries, report: MetricsReport): (Cell | string)[] {
  const whole = series.overall!;
  const columns = onGrid(series.points, report);
  const bars = (figure: (point: MetricPoint) => number | undefined, top?: number): string => {
    const values = columns.map((point) => point && figure(point));
    return sparkline(values, top ?? Math.max(...values.map((value) => value ?? 0)));
  };
  return [
    plainText(series.worker === undefined ? series.pool : `  ${series.worker}`),
    percent(100 * whole.busy),
    bars(({ busy }) => busy, 1),
    whole.cpu === undefined ? '' : percent(whole.cpu),
    whole.cpu === undefined ? '' : bars(({ cpu }) => cpu),
    whole.memory === undefined ? '' : formatByteSize(whole.memory),
    whole.memoryMax === undefined ? '' : formatByteSize(whole.memoryMax),
    whole.memory === undefined ? '' : bars(({ memory }) => memory),
    whole.done.toLocaleString('en'),
    whole.failed.toLocaleString('en'),
    whole.perMinute.toPrecision(3),
  ];
}

function percent(value: number): string {
  return `${Math.round(value)} %`;
}
