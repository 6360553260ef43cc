/** Everything that is known of a worker, as Markdown for a hover. */
import type { RunningJob, WorkerView } from '../../control/crew-state.ts';
import { formatByteSize } from '../../core/byte-size.ts';
import { quantity } from '../../core/quantity.ts';
import { formatPercent } from '../format/count.ts';
import { formatAge } from '../format/age.ts';
import { escapeMarkdown } from '../format/markdown.ts';
import { formatParameters } from '../format/parameters.ts';
import { CONDITION_ICONS } from './worker-presentation.ts';
import { conditionOf } from './worker-condition.ts';

export function workerTooltip(worker: WorkerView, now: number): string {
  const condition = conditionOf(worker);
  const icon = CONDITION_ICONS[condition].icon.replace('~spin', '');
  const heading = `**${escapeMarkdown(worker.id)}** · $(${icon}) ${condition}`;
  const rows: [string, string | undefined][] = [
    ['State', `${worker.state}, ${formatAge(worker.stateSince, now)}: ${escapeMarkdown(worker.reason)}`],
    ['Stuck', worker.stuck && escapeMarkdown(worker.stuck)],
    ['Health', escapeMarkdown(worker.findings.map(({ name, message }) => `${name}: ${message}`).join('; '))],
    [
      'Restarted',
      worker.autoRestarts > 0 ? `${worker.autoRestarts} times by itself within the hour` : undefined,
    ],
    [
      'Outdated',
      worker.outdated &&
        `${worker.outdated} changed in the crew file since it was started; restart it to take that over`,
    ],
    ['Runs on', worker.host && escapeMarkdown(worker.host)],
    ['Job', worker.job && jobText(worker.job, now)],
    ['Parameters', worker.job && escapeMarkdown(formatParameters(worker.job.parameters, 200))],
    ['Pool', escapeMarkdown(worker.pool)],
    ['Labels', labelsText(worker)],
    ['Process', processText(worker, now)],
    ['Resources', resourcesText(worker)],
    ['Heartbeat', worker.heartbeatAt === undefined ? undefined : `${formatAge(worker.heartbeatAt, now)} ago`],
    ['Jobs', `${quantity(worker.jobsDone, 'job')} done, ${worker.jobsFailed} failed`],
    ['Program', programText(worker)],
    ['Last error', worker.lastError && escapeMarkdown(worker.lastError)],
  ];
  const table = rows
    .filter((row): row is [string, string] => Boolean(row[1]))
    .map(([name, value]) => `| ${name} | ${value} |`);
  return [heading, '', '| | |', '|:--|:--|', ...table].join('\n');
}

function jobText(job: RunningJob, now: number): string {
  const progress = job.progress?.fraction === undefined ? '' : `, ${formatPercent(job.progress.fraction)}`;
  const message = job.progress?.message ? `, ${escapeMarkdown(job.progress.message)}` : '';
  const what = `${job.id} of ${escapeMarkdown(job.batchName)}, attempt ${job.attempt}`;
  return `${what}, running ${formatAge(job.startedAt, now)}${progress}${message}`;
}

function labelsText(worker: WorkerView): string | undefined {
  const labels = Object.entries(worker.labels).map(([name, value]) => `${name}: ${value}`);
  return labels.length === 0 ? undefined : escapeMarkdown(labels.join(', '));
}

function processText(worker: WorkerView, now: number): string | undefined {
  if (worker.pid === undefined) return undefined;
  const uptime = worker.launchedAt === undefined ? '' : `, up ${formatAge(worker.launchedAt, now)}`;
  return `PID ${worker.pid}${uptime}, launch ${worker.launch}`;
}

function resourcesText(worker: WorkerView): string | undefined {
  const parts = [];
  if (worker.memory !== undefined) parts.push(formatByteSize(worker.memory));
  if (worker.cpu !== undefined) parts.push(`${Math.round(worker.cpu)} % of one core`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function programText(worker: WorkerView): string | undefined {
  const who = [worker.name, worker.language].filter(Boolean).join(', ');
  const tasks = worker.tasks.length === 0 ? '' : `tasks ${worker.tasks.join(', ')}`;
  const text = [who, tasks].filter(Boolean).join(': ');
  return text === '' ? undefined : escapeMarkdown(text);
}
