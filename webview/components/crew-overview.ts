import { html, nothing, type TemplateResult } from 'lit';
import type { JobCounts } from '../../src/core/job-records.ts';
import type { CrewState, PoolView } from '../../src/control/crew-state.ts';
import { formatByteSize } from '../../src/core/byte-size.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { quantity } from '../../src/core/quantity.ts';
import { formatCount } from '../../src/extension/format/count.ts';
import { failedText } from './failed-text.ts';
import { strengthOf } from '../../src/extension/workers-view/crew-strength.ts';
import type { BarSegment } from './fraction-bar.ts';
import { icon } from './icon.ts';
import { jobCountsBar } from './job-counts-bar.ts';

/** The four figures one looks at first: strength, memory, processor, queue. */
export function crewOverview(crew: CrewState): TemplateResult {
  return html`<section class="overview" aria-label="Overview">
    ${workersTile(crew)} ${memoryTile(crew)} ${processorTile(crew)} ${queueTile(crew)}
  </section>`;
}

interface Tile {
  name: string;
  icon: string;
  figure: unknown;
  unit: string;
  bar: TemplateResult;
  notes: TemplateResult[];
}

function tile({ name, icon: iconName, figure, unit, bar, notes }: Tile): TemplateResult {
  return html`<div class="tile">
    <h2 class="tile-name">${icon(iconName)}${name}</h2>
    <p class="figure">${figure} <span class="figure-unit">${unit}</span></p>
    ${bar} ${notes.map((note) => html`<p class="subdued">${note}</p>`)}
  </div>`;
}

function workersTile(crew: CrewState): TemplateResult {
  const { healthy, total, failed } = strengthOf(crew.workers);
  const wanted = crew.pools.reduce((sum, pool) => sum + pool.wanted, 0);
  const busy = crew.workers.filter((worker) => worker.job).length;
  const whole = Math.max(wanted, total);
  return tile({
    name: 'Workers',
    icon: 'server-process',
    figure: html`${healthy}<span class="figure-of">/${total}</span>`,
    unit: 'healthy',
    bar: bar('Workers', `${healthy} of ${total} healthy`, [
      { kind: 'done', fraction: share(healthy, whole) },
      { kind: 'caution', fraction: share(total - healthy - failed, whole) },
      { kind: 'failed', fraction: share(failed, whole) },
    ]),
    notes: [html`${busy} busy · ${wanted} wanted${failedText(failed)}`],
  });
}

function memoryTile({ machine }: CrewState): TemplateResult {
  const { memoryTotal: total, memoryAvailable: available, crewMemory: crew } = machine;
  const others = Math.max(0, total - available - crew);
  const free = `${formatByteSize(available)} free of ${formatByteSize(total)}`;
  return tile({
    name: 'Memory',
    icon: 'chip',
    figure: formatByteSize(crew),
    unit: 'by the crew',
    bar: bar('Memory', `${formatByteSize(crew)} by the crew, ${formatByteSize(others)} by others, ${free}`, [
      { kind: 'crew', fraction: share(crew, total) },
      { kind: 'machine', fraction: share(others, total) },
    ]),
    notes: [html`${free}`],
  });
}

function processorTile({ machine }: CrewState): TemplateResult {
  const busy = (machine.crewCpu / 100).toFixed(1);
  const cores = quantity(machine.cores, 'core');
  return tile({
    name: 'Processor',
    icon: 'dashboard',
    figure: busy,
    unit: 'cores busy',
    bar: bar('Processor', `${busy} of ${cores} busy`, [
      { kind: 'crew', fraction: share(machine.crewCpu / 100, machine.cores) },
    ]),
    notes: [html`by the crew · ${cores}`],
  });
}

function queueTile({ pools }: CrewState): TemplateResult {
  const counts = totalCounts(pools);
  const rate = pools.reduce((total, pool) => total + pool.perMinute, 0);
  const left = Math.max(0, ...pools.map((pool) => pool.etaSeconds ?? 0));
  const open = counts.pending + counts.running > 0;
  return tile({
    name: 'Queue',
    icon: 'layers',
    figure: formatCount(counts.pending),
    unit: 'waiting',
    bar: jobCountsBar('Queue', counts),
    notes: [
      html`${formatCount(counts.running)} running · ${formatCount(counts.done)}
      done${failedText(counts.failed)}`,
      html`${formatCount(rate)} a minute${open && left > 0 ? ` · ${formatDuration(left)} left` : nothing}`,
    ],
  });
}

function bar(label: string, valueText: string, segments: BarSegment[]): TemplateResult {
  return html`<fraction-bar .segments=${segments} label=${label} valueText=${valueText}></fraction-bar>`;
}

function totalCounts(pools: readonly PoolView[]): JobCounts {
  const total: JobCounts = { pending: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { counts } of pools) {
    for (const state of Object.keys(total) as (keyof JobCounts)[]) total[state] += counts[state];
  }
  return total;
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
