import { html, nothing, type TemplateResult } from 'lit';
import type { CrewState, JobCounts } from '../../src/control/api.ts';
import { formatByteSize } from '../../src/core/byte-size.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { formatCount, formatQuantity } from '../../src/extension/format/count.ts';
import type { BarSegment } from './fraction-bar.ts';
import { icon } from './icon.ts';

/** The four figures one looks at first: strength, memory, processor, queue. */
export function crewOverview(crew: CrewState): TemplateResult {
  return html`<section class="overview" aria-label="Overview">
    ${workersTile(crew)} ${memoryTile(crew)} ${processorTile(crew)} ${queueTile(crew)}
  </section>`;
}

function tile(name: string, iconName: string, content: TemplateResult): TemplateResult {
  return html`<div class="tile">
    <h2 class="tile-name">${icon(iconName)}${name}</h2>
    ${content}
  </div>`;
}

function workersTile(crew: CrewState): TemplateResult {
  const { healthy, workers } = crew.machine;
  const wanted = crew.pools.reduce((sum, pool) => sum + pool.wanted, 0);
  const failed = crew.workers.filter((worker) => worker.state === 'FAILED').length;
  const busy = crew.workers.filter((worker) => worker.job).length;
  return tile(
    'Workers',
    'server-process',
    html`<p class="figure">
        ${healthy}<span class="figure-of">/${workers}</span> <span class="figure-unit">healthy</span>
      </p>
      <p class="subdued">
        ${busy} busy of ${wanted}
        wanted${failed === 0 ? nothing : html` · <span class="bad">${icon('error')} ${failed} failed</span>`}
      </p>`,
  );
}

function memoryTile({ machine }: CrewState): TemplateResult {
  const { memoryTotal: total, memoryAvailable: available, crewMemory: crew } = machine;
  const others = Math.max(0, total - available - crew);
  const segments: BarSegment[] = [
    { kind: 'crew', fraction: share(crew, total) },
    { kind: 'machine', fraction: share(others, total) },
  ];
  const text = `${formatByteSize(available)} free of ${formatByteSize(total)}`;
  return tile(
    'Memory',
    'chip',
    html`<p class="figure">${formatByteSize(crew)} <span class="figure-unit">by the crew</span></p>
      <fraction-bar
        .segments=${segments}
        label="Memory"
        valueText="${formatByteSize(crew)} by the crew, ${text}"
      ></fraction-bar>
      <p class="subdued">${text}</p>`,
  );
}

function processorTile({ machine }: CrewState): TemplateResult {
  const cores = machine.crewCpu / 100;
  const text = `of ${formatQuantity(machine.cores, 'core')}`;
  return tile(
    'Processor',
    'dashboard',
    html`<p class="figure">${cores.toFixed(1)} <span class="figure-unit">cores busy</span></p>
      <fraction-bar
        .segments=${[{ kind: 'crew', fraction: share(cores, machine.cores) }]}
        label="Processor"
        valueText="${cores.toFixed(1)} ${text} busy"
      ></fraction-bar>
      <p class="subdued">${text}</p>`,
  );
}

function queueTile({ pools }: CrewState): TemplateResult {
  const sum = (state: keyof JobCounts): number =>
    pools.reduce((total, pool) => total + pool.counts[state], 0);
  const rate = pools.reduce((total, pool) => total + pool.endedLastMinute, 0);
  const left = Math.max(...pools.map((pool) => pool.etaSeconds ?? 0), 0);
  const failed = sum('failed');
  return tile(
    'Queue',
    'layers',
    html`<p class="figure">${formatCount(sum('pending'))} <span class="figure-unit">waiting</span></p>
      <p class="subdued">
        ${formatCount(sum('running'))} running · ${formatCount(sum('done'))}
        done${
          failed === 0
            ? nothing
            : html` · <span class="bad">${icon('error')} ${formatCount(failed)} failed</span>`
        }
      </p>
      <p class="subdued">
        ${formatCount(rate)} a minute${left === 0 ? nothing : ` · about ${formatDuration(left)} left`}
      </p>`,
  );
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
