import { html, type TemplateResult } from 'lit';

/** A codicon, silent for screen readers: the words beside it or the label of its button say what it means. */
export function icon(name: string): TemplateResult {
  const [glyph, modifier] = name.split('~');
  const spin = modifier === 'spin' ? ' codicon-modifier-spin' : '';
  return html`<span class="codicon codicon-${glyph}${spin}" aria-hidden="true"></span>`;
}
