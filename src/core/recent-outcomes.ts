/** How a worker's newest attempts ended: so many that one failure is not much, so few that what was repaired is soon forgotten. */
export const RECENT_OUTCOMES = 50;

/** One character each, oldest first, as it is recorded: `.` done, `x` failed. */
export function addOutcome(outcomes: string, failed: boolean): string {
  return (outcomes + (failed ? 'x' : '.')).slice(-RECENT_OUTCOMES);
}

export function countFailures(outcomes: string): number {
  let failures = 0;
  for (const outcome of outcomes) if (outcome === 'x') failures++;
  return failures;
}
