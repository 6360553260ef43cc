import { html, svg, type TemplateResult } from 'lit';
import type { TrendValues } from '../../src/extension/dashboard/trend.ts';
import { LightElement } from './light-element.ts';

/** Of the drawing; the style sheet says how large it is shown. */
const HEIGHT = 16;

/**
 * A figure over time as a small line of steps from zero, broken where nothing was seen. Beside it stands in words what it says,
 * which is all that a screen reader is told.
 */
export class TrendLine extends LightElement {
  static override properties = {
    values: { attribute: false },
    label: { type: String },
    caption: { type: String },
  };
  declare values: TrendValues;
  /** In words: what it shows, on average and at most. */
  declare label: string;
  /** Beside the line. */
  declare caption: string;

  constructor() {
    super();
    this.values = [];
    this.label = '';
    this.caption = '';
  }

  protected override render(): TemplateResult {
    const columns = Math.max(1, this.values.length);
    return html`<span class="trend" title=${this.label}>
      <svg viewBox="0 0 ${columns} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<path class="trend-base" d="M0 ${HEIGHT - 0.5}H${columns}"></path>
        <path class="trend-line" d=${stepsOf(this.values)}></path>`}
      </svg>
      <span class="trend-caption" aria-hidden="true">${this.caption}</span>
      <span class="visually-hidden">${this.label}</span>
    </span>`;
  }
}

/** A line of steps, a column wide each: a single minute is seen as well. */
function stepsOf(values: TrendValues): string {
  const top = Math.max(...values.map((value) => value ?? 0), 0);
  let path = '';
  values.forEach((value, column) => {
    if (value === null) return;
    const height = HEIGHT - 1 - (top > 0 ? (value / top) * (HEIGHT - 2) : 0);
    const isConnected = column > 0 && values[column - 1] !== null;
    path += `${isConnected ? `V${height.toFixed(1)}` : `M${column} ${height.toFixed(1)}`}H${column + 1}`;
  });
  return path;
}

customElements.define('trend-line', TrendLine);
