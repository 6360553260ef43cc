import { html, type TemplateResult } from 'lit';
import type { CommandId } from '../../src/extension/contributions.ts';
import { runCommand } from '../host.ts';
import type { CommandSubject } from '../messages.ts';
import { icon } from './icon.ts';

/** A small button with an icon only; its label is its tooltip too. */
export function iconButton(
  iconName: string,
  label: string,
  command: CommandId,
  about?: CommandSubject,
): TemplateResult {
  return html`<button
    class="icon-button"
    type="button"
    title=${label}
    aria-label=${label}
    @click=${() => runCommand(command, about)}
  >
    ${icon(iconName)}
  </button>`;
}

/** A button with words. */
export function textButton(
  label: string,
  command: CommandId,
  kind: 'primary' | 'secondary',
  iconName?: string,
): TemplateResult {
  return html`<button class="text-button ${kind}" type="button" @click=${() => runCommand(command)}>
    ${iconName === undefined ? '' : icon(iconName)}${label}
  </button>`;
}
