import type { WorkerTransition } from '../../core/worker-records.ts';
import { escapeMarkdown } from '../format/markdown.ts';

/** Every change of state of one worker with its reason, newest first. */
export function historyReportMarkdown(worker: string, transitions: readonly WorkerTransition[]): string {
  const newestFirst = transitions.toSorted((one, other) => other.at - one.at);
  return [
    `# History of ${escapeMarkdown(worker)}`,
    '',
    '| When | Launch | State | Reason |',
    '|:--|--:|:--|:--|',
    ...newestFirst.map(({ at, launch, from, to, reason }) => {
      const change = from === null ? to : `${from} → ${to}`;
      return `| ${new Date(at).toLocaleString()} | ${launch} | ${change} | ${escapeMarkdown(reason)} |`;
    }),
    '',
  ].join('\n');
}
