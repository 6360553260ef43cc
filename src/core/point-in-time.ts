/** Points in time as people write them: `yesterday`, `12h` (ago), `2026-11-22`, `2026-11-22 04:39`. Local time. */
import { parseDuration } from './duration.ts';

export const POINT_IN_TIME_EXPECTED =
  'a time like 2026-11-22, "2026-11-22 04:39", today or yesterday, or how long ago, like 12h or 2d';

const ABSOLUTE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** Milliseconds since 1970, or undefined for what is no time. A day is its beginning. */
export function parsePointInTime(text: string, now: number): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'now') return now;
  if (trimmed === 'today') return beginningOfDay(now, 0);
  if (trimmed === 'yesterday') return beginningOfDay(now, -1);
  const absolute = ABSOLUTE.exec(text.trim());
  if (absolute) return localTime(absolute.slice(1).map((part) => Number(part ?? 0)));
  // A bare number could be a year, an hour or seconds.
  const ago = /[a-z]/.test(trimmed) ? parseDuration(trimmed.replace(/\s*ago$/, '')) : undefined;
  return ago === undefined ? undefined : now - ago * 1000;
}

function beginningOfDay(now: number, days: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
}

/** Undefined for a day or an hour that does not exist: `new Date` would take 31 November for 1 December. */
function localTime(parts: number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const date = new Date(year, month - 1, day, hour, minute, second);
  const isThatDay = date.getMonth() === month - 1 && date.getDate() === day;
  return isThatDay && hour < 24 && minute < 60 && second < 60 ? date.getTime() : undefined;
}
