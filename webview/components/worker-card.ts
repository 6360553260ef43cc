import { html, nothing, type TemplateResult } from 'lit';
import type { RunningJob, WorkerView } from '../../src/control/crew-state.ts';
import { formatByteSize } from '../../src/core/byte-size.ts';
import { CommandId } from '../../src/extension/contributions.ts';
import type { Trend } from '../../src/extension/dashboard/trend.ts';
import { formatAge } from '../../src/extension/format/age.ts';
import { formatPercent } from '../../src/extension/format/count.ts';
import { formatParameters } from '../../src/extension/format/parameters.ts';
import { abilitiesOf } from '../../src/extension/workers-view/worker-abilities.ts';
import { conditionOf, isAlive } from '../../src/extension/workers-view/worker-condition.ts';
import { CONDITION_ICONS } from '../../src/extension/workers-view/worker-presentation.ts';
import { iconButton } from './action-button.ts';
import { runCommand } from '../host.ts';
import { icon } from './icon.ts';
import { workerTrends } from './trends.ts';

/** One worker: how it is, what it does, and what can be done to it. */
export function workerCard(worker: WorkerView, trend: Trend | undefined, now: number): TemplateResult {
  const condition = conditionOf(worker);
  return html`<article class="card condition-${condition}" aria-label="${worker.id}, ${condition}">
    <header class="card-header">
      <h3>${worker.id}</h3>
      <span class="badge" title=${whyOf(worker)}>${icon(CONDITION_ICONS[condition].icon)}${condition}</span>
    </header>
    ${labels(worker)}
    <div class="card-job">${worker.job ? runningJob(worker.job, now) : withoutJob(worker)}</div>
    ${condition === 'stuck' ? html`<p class="reason">${worker.stuck}</p>` : nothing}
    ${isAlive(worker) ? workerTrends(trend) : nothing}
    <footer class="card-footer">
      <dl class="vitals">
        ${vital('PID', worker.pid === undefined ? undefined : String(worker.pid), 'Process')}
        ${vital('Mem', worker.memory === undefined ? undefined : formatByteSize(worker.memory), 'Memory')}
        ${vital('CPU', worker.cpu === undefined ? undefined : `${Math.round(worker.cpu)} %`, 'Percent of one core')}
        ${vital('Beat', heartbeatAge(worker, now), 'Time since the last heartbeat')}
      </dl>
      <button-toolbar class="card-actions" aria-label=${worker.id}>${actions(worker)}</button-toolbar>
    </footer>
  </article>`;
}

/** What made it so: the checks it does not pass, or how it came into its state. */
function whyOf({ findings, reason }: WorkerView): string {
  return findings.length === 0 ? reason : findings.map(({ message }) => message).join('; ');
}

function labels(worker: WorkerView): TemplateResult | typeof nothing {
  const entries = Object.entries(worker.labels);
  if (entries.length === 0) return nothing;
  return html`<ul class="labels" aria-label="Labels">
    ${entries.map(([name, value]) => html`<li title="${name}: ${value}">${value}</li>`)}
  </ul>`;
}

function runningJob(job: RunningJob, now: number): TemplateResult {
  const { progress } = job;
  const elapsed = formatAge(job.startedAt, now);
  const percent = progress?.fraction === undefined ? undefined : formatPercent(progress.fraction);
  const attempt = job.attempt === 1 ? '' : `, attempt ${job.attempt}`;
  return html`<p class="card-line">
      <button
        class="link"
        type="button"
        title="Show job ${job.id}${attempt}"
        @click=${(event: Event) => showJob(event, job.id)}
      >
        ${job.batchName} #${job.id}
      </button>
      <span class="subdued">${elapsed}</span>
    </p>
    <p class="subdued one-line" title=${formatParameters(job.parameters, 400)}>
      ${formatParameters(job.parameters, 120)}
    </p>
    ${
      percent === undefined
        ? html`<p class="subdued one-line">${progress?.message ?? nothing}</p>`
        : html`<fraction-bar
              .segments=${[{ kind: 'progress', fraction: progress?.fraction ?? 0 }]}
              label="Job ${job.id}"
              valueText=${percent}
            ></fraction-bar>
            <p class="card-line subdued">
              <span class="one-line" title=${progress?.message ?? ''}>${progress?.message ?? ''}</span>
              <span>${percent}</span>
            </p>`
    }`;
}

function showJob(event: Event, job: number): void {
  event.preventDefault();
  runCommand(CommandId.showJob, { job });
}

function withoutJob(worker: WorkerView): TemplateResult {
  const ended = worker.state === 'FAILED' || worker.state === 'DEAD';
  if (ended) return html`<p class="reason">${worker.lastError ?? worker.reason}</p>`;
  if (worker.state === 'STARTING') return html`<p class="subdued">${worker.reason}</p>`;
  const failed = worker.jobsFailed > 0 ? `, ${worker.jobsFailed} failed` : '';
  return html`<p class="subdued">No job now · ${worker.jobsDone} done${failed}</p>`;
}

function heartbeatAge(worker: WorkerView, now: number): string | undefined {
  return worker.heartbeatAt === undefined ? undefined : formatAge(worker.heartbeatAt, now);
}

function vital(name: string, value: string | undefined, title: string): TemplateResult | typeof nothing {
  if (value === undefined) return nothing;
  return html`<div title=${title}>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function actions(worker: WorkerView): TemplateResult[] {
  const can = abilitiesOf(worker);
  const about = { worker: worker.id };
  const { id } = worker;
  const buttons = [
    iconButton('question', `Explain ${id}`, CommandId.explainWorker, about),
    iconButton('output', `Show log of ${id}`, CommandId.showWorkerLog, about),
  ];
  if (can.has('pausable'))
    buttons.push(iconButton('debug-pause', `Pause ${id}`, CommandId.pauseWorker, about));
  if (can.has('resumable')) buttons.push(iconButton('play', `Resume ${id}`, CommandId.resumeWorker, about));
  if (can.has('freezable')) buttons.push(iconButton('lock', `Freeze ${id}`, CommandId.freezeWorker, about));
  if (can.has('continuable'))
    buttons.push(iconButton('debug-continue', `Continue ${id}`, CommandId.continueWorker, about));
  if (can.has('drainable')) {
    buttons.push(iconButton('arrow-circle-down', `Drain ${id}`, CommandId.drainWorker, about));
  }
  if (can.has('stoppable')) buttons.push(iconButton('debug-stop', `Stop ${id}`, CommandId.stopWorker, about));
  if (can.has('restartable')) {
    buttons.push(iconButton('debug-restart', `Restart ${id}`, CommandId.restartWorker, about));
  }
  if (can.has('abortable'))
    buttons.push(iconButton('stop-circle', `Abort ${id}`, CommandId.abortWorker, about));
  if (can.has('removable')) buttons.push(iconButton('trash', `Remove ${id}`, CommandId.removeWorker, about));
  return buttons;
}
