/** Lengths of time as people write and read them: `48h` in a crew file, `2 h 14 min` on a screen. */

/** What a person is told who wrote something else. */
export const DURATION_EXPECTED = 'a duration like 30s, 5m, 48h or 2d, or a number of seconds, at most 3650d';

const SECONDS_IN = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400 } as const;
type DurationUnit = keyof typeof SECONDS_IN;

/** Seconds: ten years. Sums with it stay points in time that can be shown. */
const LONGEST_DURATION = 3_650 * SECONDS_IN.d;

/** One part of a duration: a number and its unit. `min` before `m` and `ms` before `m`: the first match wins. */
const PART = /(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d)(?![a-z])\s*/gy;

/**
 * Reads `30s`, `5m`, `48h`, `2d`, `1h 30m` or a bare number of seconds. Returns seconds, or undefined for
 * anything else; a negative duration is not one, nor is one of more than ten years.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  const seconds = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : sumOfParts(trimmed);
  return seconds !== undefined && seconds <= LONGEST_DURATION ? seconds : undefined;
}

function sumOfParts(text: string): number | undefined {
  let seconds = 0;
  let end = 0;
  for (const part of text.matchAll(PART)) {
    seconds += Number(part[1]) * SECONDS_IN[part[2] as DurationUnit];
    end = part.index + part[0].length;
  }
  return end > 0 && end === text.length ? seconds : undefined;
}

/**
 * At most two units, so that a glance is enough: `350 ms`, `4.2 s`, `38 s`, `2 min 5 s`, `2 h 14 min`, `3 d 4 h`.
 * Negative and non-finite numbers (a clock that jumped back) read `0 s`.
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds <= 0) return '0 s';
  if (seconds < 0.9995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, 60, 'min', 1, 's');
  if (whole < 86_400) return twoUnits(Math.round(whole / 60) * 60, 3600, 'h', 60, 'min');
  return twoUnits(Math.round(whole / 3600) * 3600, 86_400, 'd', 3600, 'h');
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((seconds % large) / small);
  const head = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}
