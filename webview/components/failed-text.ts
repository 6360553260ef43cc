import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../src/extension/format/count.ts';
import { icon } from './icon.ts';

/** ` · 3 failed`, and nothing where nothing failed. With an icon, since colour alone does not tell everyone. */
export function failedText(count: number): TemplateResult | typeof nothing {
  return count === 0
    ? nothing
    : html` · <span class="bad">${icon('error')} ${formatCount(count)} failed</span>`;
}
