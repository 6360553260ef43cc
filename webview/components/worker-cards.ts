import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { WorkerView } from '../../src/control/crew-state.ts';
import type { Trend } from '../../src/extension/dashboard/trend.ts';
import type { WorkerCondition } from '../../src/extension/workers-view/worker-condition.ts';
import { CONDITION_ICONS } from '../../src/extension/workers-view/worker-presentation.ts';
import { loadNavigation, saveNavigation } from '../host.ts';
import { conditionsPresent, filterWorkers } from '../worker-filter.ts';
import { icon } from './icon.ts';
import { LightElement } from './light-element.ts';
import { workerCard } from './worker-card.ts';

/** All workers as cards, with a text filter and a choice of condition. */
export class WorkerCards extends LightElement {
  static override properties = {
    workers: { attribute: false },
    trends: { attribute: false },
    now: { attribute: false },
    filter: { state: true },
    condition: { state: true },
  };
  declare workers: WorkerView[];
  /** By the worker's id. */
  declare trends: ReadonlyMap<string, Trend>;
  declare now: number;
  declare filter: string;
  declare condition: string;

  constructor() {
    super();
    const { filter, condition } = loadNavigation();
    this.workers = [];
    this.trends = new Map();
    this.now = 0;
    this.filter = filter;
    this.condition = condition;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.workers.length === 0) return nothing;
    const present = conditionsPresent(this.workers);
    // The condition that was chosen may have no worker left.
    const condition = present.some(([name]) => name === this.condition) ? this.condition : 'all';
    const shown = filterWorkers(this.workers, this.filter, condition);
    return html`<section aria-labelledby="workers-heading">
      <div class="section-header">
        <h2 id="workers-heading">Workers <span class="count">${this.workers.length}</span></h2>
        <div class="chips" role="group" aria-label="Condition">
          ${this.#chip('all', this.workers.length, condition)}
          ${present.length > 1 ? present.map(([name, count]) => this.#chip(name, count, condition)) : nothing}
        </div>
        <label class="filter">
          ${icon('search')}
          <input
            type="search"
            placeholder="Filter by id, pool, label or job"
            aria-label="Filter workers"
            .value=${this.filter}
            @input=${this.#onInput}
          />
        </label>
      </div>
      ${
        shown.length === 0
          ? html`<p class="subdued">No worker matches the filter.</p>`
          : html`<div class="cards">
              ${repeat(
                shown,
                (worker) => worker.id,
                (worker) => workerCard(worker, this.trends.get(worker.id), this.now),
              )}
            </div>`
      }
    </section>`;
  }

  #chip(name: string, count: number, chosen: string): TemplateResult {
    const look = name === 'all' ? undefined : CONDITION_ICONS[name as WorkerCondition];
    return html`<button
      class="chip condition-${name}"
      type="button"
      aria-pressed=${name === chosen ? 'true' : 'false'}
      @click=${() => this.#choose(name)}
    >
      ${look ? icon(look.icon.replace('~spin', '')) : nothing}${name} <span class="count">${count}</span>
    </button>`;
  }

  #choose(condition: string): void {
    this.condition = condition;
    saveNavigation({ condition });
  }

  #onInput(event: InputEvent): void {
    this.filter = (event.target as HTMLInputElement).value;
    saveNavigation({ filter: this.filter });
  }
}

customElements.define('worker-cards', WorkerCards);
