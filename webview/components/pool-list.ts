import { html, nothing, type TemplateResult } from 'lit';
import type { CrewState, PoolView, WorkerView } from '../../src/control/crew-state.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { CommandId } from '../../src/extension/contributions.ts';
import type { Trend } from '../../src/extension/dashboard/trend.ts';
import { formatCount } from '../../src/extension/format/count.ts';
import { strengthText } from '../../src/extension/workers-view/crew-strength.ts';
import { iconButton } from './action-button.ts';
import { failedText } from './failed-text.ts';
import { jobCountsBar } from './job-counts-bar.ts';
import { rampLine } from './ramp-line.ts';
import { poolTrends } from './trends.ts';

/** Each pool with its strength, its queue, its rate and when it will be done. */
export function poolList(
  { pools, workers }: CrewState,
  trends: ReadonlyMap<string, Trend>,
): TemplateResult | typeof nothing {
  if (pools.length === 0) return nothing;
  return html`<section aria-labelledby="pools-heading">
    <h2 id="pools-heading">Pools <span class="count">${pools.length}</span></h2>
    <ul class="rows">
      ${pools.map((pool) =>
        poolRow(
          pool,
          workers.filter((worker) => worker.pool === pool.name),
          trends.get(pool.name),
        ),
      )}
    </ul>
  </section>`;
}

function poolRow(pool: PoolView, workers: WorkerView[], trend: Trend | undefined): TemplateResult {
  const { counts } = pool;
  return html`<li class="row">
    <div class="row-name">
      <strong title=${pool.command.join(' ')}>${pool.name}</strong>
      <span class="subdued">${strengthText(workers)}</span>
    </div>
    <div class="row-progress">
      ${jobCountsBar(`Queue of ${pool.name}`, counts)}
      <span class="subdued">
        ${formatCount(counts.pending)} waiting · ${formatCount(counts.running)} running ·
        ${formatCount(counts.done)} done${failedText(counts.failed)}
      </span>
      ${rampLine(pool)} ${poolTrends(trend)}
    </div>
    <div class="row-figures subdued">
      <span>${formatCount(pool.perMinute)} a minute</span>
      <span>${etaText(pool)}</span>
    </div>
    <div class="row-actions">
      ${iconButton('add', `Add worker to ${pool.name}`, CommandId.addWorker, { pool: pool.name })}
      ${iconButton('arrow-circle-down', `Drain ${pool.name}`, CommandId.drainPool, { pool: pool.name })}
    </div>
  </li>`;
}

function etaText({ counts, etaSeconds }: PoolView): string {
  if (counts.pending + counts.running === 0) return counts.done > 0 ? 'all done' : 'empty';
  return etaSeconds === undefined ? '' : `${formatDuration(etaSeconds)} left`;
}
