import { html, nothing, type TemplateResult } from 'lit';
import type { PoolView } from '../../src/control/crew-state.ts';
import type { RampView } from '../../src/control/ramp-view.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { icon } from './icon.ts';

/** How the ramp of a pool stands, for as long as it has a say in how many workers there are. */
export function rampLine({ ramp }: PoolView): TemplateResult | typeof nothing {
  if (ramp?.workers === undefined) return nothing;
  return html`<span class="ramp ${ramp.state === 'rolled-back' ? 'ramp-back' : ''}">
    ${icon(iconOf(ramp))} <span>Ramp: ${ramp.text}${leftText(ramp)}</span>
    ${ramp.incident === undefined ? nothing : html`<span class="subdued">Report: ${ramp.incident}/report.md</span>`}
  </span>`;
}

function iconOf({ state, waits }: RampView): string {
  if (state === 'rolled-back') return 'warning';
  if (state === 'paused') return 'debug-pause';
  return waits === undefined ? 'graph-line' : 'watch';
}

/** Nothing while time does not count. */
function leftText({ state, waits, steps, step, soaked }: RampView): string {
  if (state !== 'soaking' || waits !== undefined) return '';
  return ` · ${formatDuration(Math.max(0, steps[step]!.soak - soaked))} left`;
}
