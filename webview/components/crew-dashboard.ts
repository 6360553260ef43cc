import { html, nothing, type TemplateResult } from 'lit';
import { CommandId } from '../../src/extension/contributions.ts';
import type { CrewFileReport } from '../../src/control/crew-state.ts';
import { quantity } from '../../src/core/quantity.ts';
import { CrewStore } from '../crew-store.ts';
import { listen, loadNavigation, saveNavigation, send } from '../host.ts';
import { textButton } from './action-button.ts';
import { batchList } from './batch-list.ts';
import { announcement } from './crew-announcer.ts';
import { crewOverview } from './crew-overview.ts';
import { dashboardHeader } from './dashboard-header.ts';
import { emptyPage } from './empty-page.ts';
import { icon } from './icon.ts';
import { troubleBanner } from './trouble-banner.ts';
import { LightElement } from './light-element.ts';
import { poolList } from './pool-list.ts';
import './button-toolbar.ts';
import './fraction-bar.ts';
import './recent-jobs.ts';
import './worker-cards.ts';

/** Milliseconds between redraws of what only time changes: ages and run times. */
const TICK = 1000;

/** The page: it holds the store, redraws on every message and once a second, and remembers where a person was. */
export class CrewDashboard extends LightElement {
  readonly #store = new CrewStore();
  #restored = false;

  override connectedCallback(): void {
    super.connectedCallback();
    listen((message) => {
      this.#store.receive(message);
      this.requestUpdate();
    });
    window.setInterval(() => this.requestUpdate(), TICK);
    window.addEventListener('scroll', () => saveNavigation({ scroll: window.scrollY }), { passive: true });
    send({ type: 'ready' });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { state, now, trends } = this.#store;
    if (!state) return nothing;
    const { crew, live } = state;
    if (!crew) return html`<main>${emptyPage(state.situation, state.refusal)}</main>`;
    return html`<main class=${live ? '' : 'not-live'}>
      <p class="visually-hidden" role="status" aria-live="polite">${announcement(crew)}</p>
      ${dashboardHeader(crew, state, now)} ${crew.troubles.map((trouble) => troubleBanner(trouble, now))}
      ${crewFileProblems(crew.crewFile)} ${crewOverview(crew)} ${poolList(crew, trends.pools)}
      ${batchList(crew, now)}
      <worker-cards .workers=${crew.workers} .trends=${trends.workers} .now=${now}></worker-cards>
      ${crew.workers.length === 0 ? noWorkers() : nothing}
      <recent-jobs .jobs=${crew.recent} .now=${now}></recent-jobs>
    </main>`;
  }

  protected override updated(): void {
    if (this.#restored || !this.#store.state) return;
    this.#restored = true;
    const { scroll } = loadNavigation();
    // The children draw in this turn of the event loop too; only then is the page as long as it was.
    requestAnimationFrame(() => window.scrollTo(0, scroll));
  }
}

function noWorkers(): TemplateResult {
  return html`<section class="invitation">
    <p>No worker is running.</p>
    ${textButton('Start Crew', CommandId.startCrew, 'primary', 'play')}
    ${textButton('Add Worker', CommandId.addWorker, 'secondary', 'add')}
  </section>`;
}

function crewFileProblems({ problems, meanwhile }: CrewFileReport): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  return html`<div class="notice" role="note">
    ${icon('warning')}
    <span>The crew file has ${quantity(problems.length, 'problem')}. ${meanwhile}</span>
    ${textButton('Open Crew File', CommandId.openCrewFile, 'secondary')}
  </div>`;
}

customElements.define('crew-dashboard', CrewDashboard);
