/** How the ramps stand, below the pools. One that is only planned, or is over, is not said. */
import type { PoolView } from '../control/crew-state.ts';
import { plainText } from './plain-text.ts';
import type { Colors } from './terminal.ts';

export function rampLines(pools: readonly PoolView[], colors: Colors): string[] {
  return pools.flatMap(({ name, ramp }) => {
    if (!ramp || ramp.workers === undefined) return [];
    const line = `Ramp of ${name}: ${plainText(ramp.text)}`;
    if (ramp.state !== 'rolled-back') return [line];
    return [colors.red(line), `  next: read ${ramp.incident}/report.md; then nightcrew ramp start ${name}`];
  });
}
