import { html, nothing, type TemplateResult } from 'lit';
import type { BatchRow, CrewState } from '../../src/control/api.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { CommandId } from '../../src/extension/contributions.ts';
import { formatCount } from '../../src/extension/format/count.ts';
import { batchProgressText } from '../../src/extension/queue-view/queue-nodes.ts';
import { iconButton } from './action-button.ts';
import { icon } from './icon.ts';
import { jobCountsBar } from './job-counts-bar.ts';

/** The newest batches; older ones are in the queue's export, not on a page that is looked at for what goes on. */
const BATCHES_SHOWN = 12;

export function batchList({ batches }: CrewState, now: number): TemplateResult | typeof nothing {
  if (batches.length === 0) return nothing;
  const newest = batches.toSorted((one, other) => other.id - one.id).slice(0, BATCHES_SHOWN);
  return html`<section aria-labelledby="batches-heading">
    <h2 id="batches-heading">Batches <span class="count">${batches.length}</span></h2>
    <ul class="rows">
      ${newest.map((batch) => batchRow(batch, now))}
    </ul>
  </section>`;
}

function batchRow(batch: BatchRow, now: number): TemplateResult {
  const { counts } = batch;
  const open = counts.pending + counts.running > 0;
  const about = { batch: batch.id };
  return html`<li class="row">
    <div class="row-name">
      <strong>${batch.name}</strong>
      <span class="subdued">${batch.pool} · ${batch.task}</span>
    </div>
    <div class="row-progress">
      ${jobCountsBar(`Batch ${batch.name}`, counts)}
      <span class="subdued">
        ${batchProgressText(batch)}${
          counts.failed === 0
            ? nothing
            : html` · <span class="bad">${icon('error')} ${formatCount(counts.failed)} failed</span>`
        }${counts.cancelled === 0 ? nothing : ` · ${formatCount(counts.cancelled)} cancelled`}
      </span>
    </div>
    <div class="row-figures subdued">
      <span>${timeText(batch, now)}</span>
    </div>
    <div class="row-actions">
      ${iconButton('export', `Export results of ${batch.name}`, CommandId.exportResults, about)}
      ${open ? iconButton('close', `Cancel ${batch.name}`, CommandId.cancelJob, about) : nothing}
    </div>
  </li>`;
}

function timeText(batch: BatchRow, now: number): string {
  if (batch.finishedAt === undefined) {
    return `enqueued ${formatDuration((now - batch.enqueuedAt) / 1000)} ago`;
  }
  return `took ${formatDuration((batch.finishedAt - batch.enqueuedAt) / 1000)}`;
}
