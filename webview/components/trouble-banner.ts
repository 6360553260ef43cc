import { html, nothing, type TemplateResult } from 'lit';
import type { Trouble } from '../../src/control/crew-state.ts';
import { TROUBLE_TITLES } from '../../src/control/trouble-title.ts';
import { formatAge } from '../../src/extension/format/age.ts';
import { icon } from './icon.ts';

/** What keeps the crew from its work, for as long as it lasts. Screen readers are told when it comes, not how it ages. */
export function troubleBanner({ kind, message, nextStep, since }: Trouble, now: number): TemplateResult {
  return html`<div class="notice trouble">
    ${icon('warning')}
    <div>
      <div role="alert">
        <h2>${TROUBLE_TITLES[kind]}</h2>
        <p>${message}</p>
        ${nextStep === undefined ? nothing : html`<p>${nextStep}</p>`}
      </div>
      <p class="subdued">for ${formatAge(since, now)}</p>
    </div>
  </div>`;
}
