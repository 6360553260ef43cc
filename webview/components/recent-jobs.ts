import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RecentJob } from '../../src/control/crew-state.ts';
import { formatDuration } from '../../src/core/duration.ts';
import type { JobError } from '../../src/core/job.ts';
import { CommandId } from '../../src/extension/contributions.ts';
import { formatAge } from '../../src/extension/format/age.ts';
import { formatJobError } from '../../src/extension/format/job-error.ts';
import { formatParameters } from '../../src/extension/format/parameters.ts';
import { loadNavigation, runCommand, saveNavigation } from '../host.ts';
import { icon } from './icon.ts';
import { LightElement } from './light-element.ts';

const OUTCOME_ICONS: Record<RecentJob['state'], string> = {
  pending: 'history',
  running: 'play',
  done: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
};

/** The newest ended attempts. One that ended badly is opened to its error where it stands. */
export class RecentJobs extends LightElement {
  static override properties = {
    jobs: { attribute: false },
    now: { attribute: false },
    expanded: { state: true },
  };
  declare jobs: RecentJob[];
  declare now: number;
  declare expanded: ReadonlySet<string>;

  constructor() {
    super();
    this.jobs = [];
    this.now = 0;
    this.expanded = new Set(loadNavigation().expandedJobs);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.jobs.length === 0) return nothing;
    return html`<section aria-labelledby="recent-heading">
      <h2 id="recent-heading">Recent Jobs</h2>
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              <th scope="col">Outcome</th>
              <th scope="col">Job</th>
              <th scope="col">Parameters</th>
              <th scope="col">Worker</th>
              <th scope="col" class="number">Duration</th>
              <th scope="col" class="number">Ended</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(this.jobs, keyOf, (job) => this.#rows(job))}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  #rows(job: RecentJob): TemplateResult {
    const key = keyOf(job);
    const open = job.error !== undefined && this.expanded.has(key);
    return html`<tr class="outcome-${job.state}">
        <td>${this.#outcome(job, key, open)}</td>
        <td>
          <button class="link" type="button" @click=${() => runCommand(CommandId.showJob, { job: job.id })}>
            ${job.batchName} #${job.id}
          </button>
        </td>
        <td class="parameters" title=${formatParameters(job.parameters, 400)}>
          ${formatParameters(job.parameters, 120)}
        </td>
        <td>${job.worker}</td>
        <td class="number">${formatDuration(job.duration)}</td>
        <td class="number">${formatAge(job.finishedAt, this.now)} ago</td>
      </tr>
      ${job.error && open ? errorRow(job.error, key) : nothing}`;
  }

  #outcome(job: RecentJob, key: string, open: boolean): TemplateResult {
    const name = html`<span class="outcome">${icon(OUTCOME_ICONS[job.state])}${job.outcome}</span>`;
    if (!job.error) return name;
    return html`<button
      class="disclosure"
      type="button"
      aria-expanded=${open ? 'true' : 'false'}
      aria-controls="error-${key}"
      title=${open ? 'Hide the error' : 'Show the error'}
      @click=${() => this.#toggle(key)}
    >
      ${name}${icon(open ? 'chevron-down' : 'chevron-right')}
    </button>`;
  }

  #toggle(key: string): void {
    const expanded = new Set(this.expanded);
    if (!expanded.delete(key)) expanded.add(key);
    this.expanded = expanded;
    saveNavigation({ expandedJobs: [...expanded] });
  }
}

function errorRow(error: JobError, key: string): TemplateResult {
  return html`<tr class="error-row" id="error-${key}">
    <td colspan="6">
      <p>${formatJobError(error)}</p>
      ${error.traceback ? html`<pre tabindex="0" aria-label="Traceback">${error.traceback}</pre>` : nothing}
    </td>
  </tr>`;
}

function keyOf(job: RecentJob): string {
  return `${job.id}-${job.attempt}`;
}

customElements.define('recent-jobs', RecentJobs);
