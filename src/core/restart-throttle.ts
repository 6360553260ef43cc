/**
 * When a worker is started again without being asked: each time later than the last, and at most three times an hour.
 * What crashes at every start burns its jobs' attempts and fills its log; what crashed once by bad luck should not wait.
 */
export const RESTARTS_AN_HOUR = 3;
const HOUR = 3_600_000;
/** Milliseconds, before the first, second and third restart within an hour. */
const DELAYS = [1_000, 10_000, 60_000] as const;

export interface RestartDecision {
  /** Milliseconds from now. */
  delay: number;
  /** How many there were in the last hour. */
  recent: number;
  /** There were too many, so it is left for the rest of the hour: told once, not each time. */
  isGivenUp: boolean;
}

/** `restarts`: when it was restarted so, oldest first, on the same clock as `now`, milliseconds. */
export function decideRestart(restarts: readonly number[], now: number): RestartDecision {
  const recent = restarts.filter((at) => now - at < HOUR);
  const delay = DELAYS[recent.length];
  if (delay !== undefined) return { delay, recent: recent.length, isGivenUp: false };
  const oldest = recent.at(-RESTARTS_AN_HOUR)!;
  return { delay: oldest + HOUR - now, recent: recent.length, isGivenUp: true };
}
