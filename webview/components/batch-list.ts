import { html, nothing, type TemplateResult } from 'lit';
import type { BatchRow } from '../../src/core/job-records.ts';
import type { CrewState } from '../../src/control/crew-state.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { CommandId } from '../../src/extension/contributions.ts';
import { formatAge } from '../../src/extension/format/age.ts';
import { formatCount } from '../../src/extension/format/count.ts';
import { batchProgressText } from '../../src/extension/queue-view/queue-nodes.ts';
import { iconButton } from './action-button.ts';
import { failedText } from './failed-text.ts';
import { jobCountsBar } from './job-counts-bar.ts';

/** What goes on, then what ended last; a page that is looked at for the present need not hold the history. */
const BATCHES_SHOWN = 6;

export function batchList({ batches }: CrewState, now: number): TemplateResult | typeof nothing {
  if (batches.length === 0) return nothing;
  const newestFirst = batches.toSorted((one, other) => other.id - one.id);
  const shown = [...newestFirst.filter(isOpen), ...newestFirst.filter((batch) => !isOpen(batch))];
  return html`<section aria-labelledby="batches-heading">
    <h2 id="batches-heading">Batches <span class="count">${batches.length}</span></h2>
    <ul class="rows">
      ${shown.slice(0, BATCHES_SHOWN).map((batch) => batchRow(batch, now))}
    </ul>
  </section>`;
}

function batchRow(batch: BatchRow, now: number): TemplateResult {
  const { counts } = batch;
  const about = { batch: batch.id };
  return html`<li class="row">
    <div class="row-name">
      <strong title=${batch.name}>${batch.name}</strong>
      <span class="subdued">${batch.pool} · ${batch.task}</span>
    </div>
    <div class="row-progress">
      ${jobCountsBar(`Batch ${batch.name}`, counts)}
      <span class="subdued">
        ${batchProgressText(batch)}${failedText(counts.failed)}${counts.cancelled === 0 ? nothing : ` · ${formatCount(counts.cancelled)} cancelled`}
      </span>
    </div>
    <div class="row-figures subdued">
      <span>${timeText(batch, now)}</span>
    </div>
    <div class="row-actions">
      ${iconButton('export', `Export results of ${batch.name}`, CommandId.exportResults, about)}
      ${isOpen(batch) ? iconButton('close', `Cancel ${batch.name}`, CommandId.cancelJob, about) : nothing}
    </div>
  </li>`;
}

function isOpen({ counts }: BatchRow): boolean {
  return counts.pending + counts.running > 0;
}

function timeText(batch: BatchRow, now: number): string {
  if (batch.finishedAt === undefined) {
    return `enqueued ${formatAge(batch.enqueuedAt, now)} ago`;
  }
  return `took ${formatDuration((batch.finishedAt - batch.enqueuedAt) / 1000)}`;
}
