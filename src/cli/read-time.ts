/** Points in time that options give. */
import { parsePointInTime, POINT_IN_TIME_EXPECTED } from '../core/point-in-time.ts';
import { badInput } from './cli-error.ts';

/** Milliseconds since 1970. Throws CliError for a text that is no time. */
export function readTime(option: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const time = parsePointInTime(text, now);
  if (time !== undefined) return time;
  throw badInput(`${option} "${text}" is no time.`, `It must be ${POINT_IN_TIME_EXPECTED}.`);
}
