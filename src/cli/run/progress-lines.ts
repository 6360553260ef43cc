/** The progress of a run as text: several lines for a terminal, one for a log. */
import type { BatchRow } from '../../core/job-records.ts';
import type { CrewState, RecentJob } from '../../control/crew-state.ts';
import { formatByteSize } from '../../core/byte-size.ts';
import { formatDuration } from '../../core/duration.ts';
import { isLive } from '../../core/worker-state.ts';
import { cutToWidth } from '../display-width.ts';
import { quantity } from '../../core/quantity.ts';
import { plainErrorText, percentText, rateText } from '../job-text.ts';
import { plainText } from '../plain-text.ts';
import { workerText } from '../status-table.ts';
import { renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { troubleLines } from '../trouble-lines.ts';
import type { RunProgress } from './run-progress.ts';

export interface ProgressView {
  state: CrewState;
  progress: RunProgress;
  /** Jobs per second. */
  perSecond: number;
  /** Milliseconds since 1970. */
  now: number;
}

type Layout = Pick<Terminal, 'colors' | 'columns' | 'unicode'>;

const BAR_WIDTH = 24;

/** The batches with bars, the workers with what they do, and the whole in one line. */
export function progressLines({ state, progress, perSecond, now }: ProgressView, layout: Layout): string[] {
  const { colors, columns } = layout;
  const pools = new Set(progress.batches.map(({ pool }) => pool));
  const workers = state.workers.filter((worker) => pools.has(worker.pool) && isLive(worker.state));
  return [
    ...renderBatches(progress.batches, layout),
    '',
    ...workers.map((worker) => {
      const text = workerText(worker, now) || colors.dim(worker.paused ? 'paused' : 'idle');
      return cutToWidth(`${worker.id}  ${text}`, columns);
    }),
    ...lastFailure(state.recent, layout),
    ...troubleLines(state.troubles, colors, columns),
    colors.dim(cutToWidth(footer(state, workers.length, progress, perSecond), columns)),
  ];
}

function renderBatches(batches: readonly BatchRow[], layout: Layout): string[] {
  const { colors, columns } = layout;
  const rows = batches.map((batch) => {
    const { failed, cancelled, pending, running } = batch.counts;
    const ended = batch.count - pending - running;
    return [
      { text: plainText(batch.name), style: colors.bold },
      { text: bar(ended / batch.count, layout), style: failed > 0 ? colors.yellow : colors.green },
      `${ended.toLocaleString('en')}/${batch.count.toLocaleString('en')}`,
      percentText(ended / batch.count),
      { text: failed > 0 ? `${failed.toLocaleString('en')} failed` : '', style: colors.red },
      cancelled > 0 ? `${cancelled.toLocaleString('en')} cancelled` : '',
    ];
  });
  const titles = rows[0] ? rows[0].map((_cell, index) => ({ title: '', align: alignments[index]! })) : [];
  // The titles are empty: the first line of the table is left out.
  return renderTable(titles, rows, { width: columns }).slice(1);
}

const alignments = ['left', 'left', 'right', 'right', 'right', 'right'] as const;

/** Filled in eighths where the font has them, so that a bar of a million jobs moves. */
function bar(fraction: number, { unicode }: Layout): string {
  const cells = Math.min(1, Math.max(0, fraction)) * BAR_WIDTH;
  if (!unicode) return `[${'#'.repeat(Math.floor(cells)).padEnd(BAR_WIDTH, '.')}]`;
  const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
  const full = Math.floor(cells);
  return `${'█'.repeat(full)}${eighths[Math.floor((cells - full) * 8)]!}`.padEnd(BAR_WIDTH, '░');
}

function lastFailure(recent: readonly RecentJob[], { colors, columns }: Layout): string[] {
  const failed = recent.find(({ state }) => state === 'failed');
  if (!failed) return [];
  const reason = failed.error ? plainErrorText(failed.error) : failed.outcome;
  return [colors.red(cutToWidth(`Last failure: job ${failed.id}: ${reason}`, columns))];
}

function footer(state: CrewState, workers: number, progress: RunProgress, perSecond: number): string {
  const { crewMemory } = state.machine;
  return [
    quantity(workers, 'worker'),
    crewMemory > 0 ? `${formatByteSize(crewMemory)} memory` : '',
    rateText(perSecond),
    timeLeft(progress, perSecond),
    'Ctrl-C asks what to do',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function timeLeft({ total, ended }: RunProgress, perSecond: number): string {
  return perSecond > 0 && total > ended
    ? `about ${formatDuration(Math.ceil((total - ended) / perSecond))} left`
    : '';
}

/** `212 of 600 jobs ended, 4 running, 2 failed, 3.2/s, about 2 min left`. */
export function progressSentence({ progress, perSecond }: Omit<ProgressView, 'state' | 'now'>): string {
  const { ended, total, counts } = progress;
  return [
    `${ended.toLocaleString('en')} of ${quantity(total, 'job')} ended`,
    `${counts.running.toLocaleString('en')} running`,
    counts.failed > 0 ? `${counts.failed.toLocaleString('en')} failed` : '',
    rateText(perSecond),
    timeLeft(progress, perSecond),
  ]
    .filter((part) => part !== '')
    .join(', ');
}
