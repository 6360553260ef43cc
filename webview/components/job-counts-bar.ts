import { html, type TemplateResult } from 'lit';
import type { JobCounts } from '../../src/core/job-records.ts';
import { formatCount } from '../../src/extension/format/count.ts';
import type { BarSegment } from './fraction-bar.ts';

/** How far a pool's queue or a batch is, as one bar: done, failed, running, and what waits as the empty rest. */
export function jobCountsBar(name: string, counts: JobCounts): TemplateResult {
  const total = counts.pending + counts.running + counts.done + counts.failed + counts.cancelled;
  const kinds = ['done', 'failed', 'running'] as const;
  const segments: BarSegment[] = kinds.map((kind) => ({
    kind,
    fraction: total > 0 ? counts[kind] / total : 0,
  }));
  const valueText = `${formatCount(counts.done)} of ${formatCount(total)} jobs done, ${formatCount(counts.failed)} failed`;
  return html`<fraction-bar .segments=${segments} label=${name} valueText=${valueText}></fraction-bar>`;
}
