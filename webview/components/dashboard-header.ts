import { html, nothing, type TemplateResult } from 'lit';
import type { CrewState } from '../../src/control/crew-state.ts';
import { CommandId } from '../../src/extension/contributions.ts';
import { formatAge } from '../../src/extension/format/age.ts';
import type { PageState } from '../crew-store.ts';
import { send } from '../host.ts';
import { textButton } from './action-button.ts';
import { icon } from './icon.ts';

/** The name of the workspace, who supervises it, and what can be done to the crew as a whole. */
export function dashboardHeader(crew: CrewState, { live, trusted }: PageState, now: number): TemplateResult {
  const { server } = crew;
  const folder = server.workspace.split(/[/\\]/).filter(Boolean).at(-1) ?? server.workspace;
  const uptime = formatAge(server.startedAt, now);
  return html`<header class="page-header">
    <div class="page-title">
      <h1>${folder}</h1>
      <p class="subdued">
        ${
          live
            ? `Supervised by process ${server.pid}, up ${uptime}`
            : html`${icon('sync~spin')} Reconnecting to the supervisor. Workers go on meanwhile.`
        }
      </p>
    </div>
    <button-toolbar class="toolbar" aria-label="Crew">
      ${trusted ? startingButtons(crew) : restrictedMode()}
      ${textButton('Health Check', CommandId.healthCheck, 'secondary', 'pulse')}
      <button
        class="icon-button"
        type="button"
        title="Refresh"
        aria-label="Refresh"
        @click=${() => send({ type: 'refresh' })}
      >
        ${icon('refresh')}
      </button>
    </button-toolbar>
  </header>`;
}

function startingButtons(crew: CrewState): TemplateResult {
  return html`${crew.wanted ? nothing : textButton('Start Crew', CommandId.startCrew, 'primary', 'play')}
  ${textButton('Add Worker', CommandId.addWorker, 'secondary', 'add')}
  ${textButton('Enqueue Jobs', CommandId.enqueueJobs, 'secondary', 'layers')}`;
}

function restrictedMode(): TemplateResult {
  return html`<span class="subdued"
    >${icon('workspace-untrusted')} Restricted Mode: nothing is started</span
  >`;
}
