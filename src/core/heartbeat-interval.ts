/** How often a worker may be asked to say that it lives. */
import { parseDuration } from './duration.ts';

/** Seconds. More often it keeps a core busy with nothing else; less often nobody hears for days that it has stalled. */
const SHORTEST = 0.1;
const LONGEST = 86_400;

/** What a person is told who wrote something else. */
export const HEARTBEAT_EXPECTED = 'a duration from 100ms to 1d, or a number of seconds';

/** Seconds; undefined for what is no duration, or out of these bounds. */
export function parseHeartbeat(text: string): number | undefined {
  const seconds = parseDuration(text);
  return seconds !== undefined && seconds >= SHORTEST && seconds <= LONGEST ? seconds : undefined;
}
