/** What is told of a pool while the pointer rests on it: how fast it works, when its work will have ended, and how its ramp stands. */
import type { PoolView } from '../control/crew-state.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { PoolForecast } from '../control/pool-forecast.ts';
import { quantity } from '../core/quantity.ts';

/** Asked when it is shown, so it is of this moment. Without the forecast where that cannot be had. */
export async function poolTooltip(pool: PoolView, client: ControlClient | undefined): Promise<string> {
  const answer = await client?.request('forecast', { pool: pool.name }).catch(() => undefined);
  const forecast = answer?.pools[0];
  const lines = [pool.command.join(' '), rateText(pool)];
  if (answer && forecast) lines.push(forecastText(forecast, answer.at));
  return [...lines, ...rampLines(pool)].filter((line) => line !== '').join('\n');
}

function rampLines({ ramp }: PoolView): string[] {
  if (!ramp) return [];
  return [`Ramp: ${ramp.text}`, ramp.incident === undefined ? '' : `Report: ${ramp.incident}/report.md`];
}

function rateText({ perMinute }: PoolView): string {
  return perMinute === 0 ? '' : `${quantity(perMinute, 'job')} a minute`;
}

/** `Ends about 06:40; with one more worker about 05:10`, and what that rests on; empty when nothing is left. */
export function forecastText({ left, whatIf, ...now }: PoolForecast, at: number): string {
  if (left === 0) return '';
  const more = whatIf.workers - now.workers === 1 ? 'one more worker' : quantity(whatIf.workers, 'worker');
  if (now.seconds === undefined && whatIf.seconds === undefined)
    return `When it ends is unknown: ${now.reason}.`;
  const then = whatIf.seconds === undefined ? '' : `with ${more} about ${clockText(at, whatIf.seconds)}`;
  if (now.seconds === undefined) return `When it ends is unknown: ${now.reason}; ${then} (${whatIf.reason}).`;
  const ends = `Ends about ${clockText(at, now.seconds)}`;
  return `${ends}${then === '' ? '' : `; ${then}`} (${now.reason}).`;
}

/** `06:40`; on another day `Tue 24 Nov, 06:40`. */
function clockText(at: number, seconds: number): string {
  const [now, end] = [new Date(at), new Date(at + seconds * 1000)];
  const time = end.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (end.toDateString() === now.toDateString()) return time;
  const day = end.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
  return `${day.replace(',', '')}, ${time}`;
}
