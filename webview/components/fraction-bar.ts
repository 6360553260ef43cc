import { html, type PropertyValues, type TemplateResult } from 'lit';
import { LightElement } from './light-element.ts';

/** One part of a bar: which of the style sheet's colours, and how much of the whole. */
export interface BarSegment {
  kind: 'done' | 'caution' | 'failed' | 'running' | 'crew' | 'machine' | 'progress';
  fraction: number;
}

/**
 * A bar of one or several parts. Widths are set through the CSS object model, since the page's policy forbids inline
 * styles. To a screen reader it is one progress bar whose value text says it all.
 */
export class FractionBar extends LightElement {
  static override properties = {
    segments: { attribute: false },
    label: { type: String },
    valueText: { type: String },
  };
  declare segments: BarSegment[];
  declare label: string;
  declare valueText: string;

  constructor() {
    super();
    this.segments = [];
    this.label = '';
    this.valueText = '';
    this.setAttribute('role', 'progressbar');
    this.setAttribute('aria-valuemin', '0');
    this.setAttribute('aria-valuemax', '100');
  }

  protected override render(): TemplateResult[] {
    return this.segments.map(({ kind }) => html`<span class="segment ${kind}"></span>`);
  }

  protected override updated(_changed: PropertyValues): void {
    const [first] = this.segments;
    this.setAttribute('aria-label', this.label);
    this.setAttribute('aria-valuetext', this.valueText);
    this.title = this.valueText;
    this.setAttribute('aria-valuenow', String(Math.floor((first?.fraction ?? 0) * 100)));
    this.querySelectorAll<HTMLElement>('.segment').forEach((element, index) => {
      const fraction = Math.min(1, Math.max(0, this.segments[index]?.fraction ?? 0));
      element.style.setProperty('--fraction', String(fraction));
    });
  }
}

customElements.define('fraction-bar', FractionBar);
