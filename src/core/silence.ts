/**
 * When a worker that says nothing counts as stalled: after a limit (by default six heartbeats that did not come) it is suspected,
 * and only when another full interval brings nothing either is it believed. Between the two, what was on its way arrives: a
 * machine that wakes up, and a supervisor that was held up, find every beat late.
 */
export interface Silence {
  /** All on one clock, milliseconds. */
  now: number;
  /** When the worker was heard last. */
  heard: number;
  /** Between its heartbeats. */
  interval: number;
  /** Silence that is too long. */
  limit: number;
  suspectedSince?: number | undefined;
}

/** `stalled` is said as long as it is silent, once suspicion has lasted; who asks keeps `suspectedSince` while it is suspect. */
export function judgeSilence({
  now,
  heard,
  interval,
  limit,
  suspectedSince,
}: Silence): 'heard' | 'suspect' | 'stalled' {
  if (now - heard <= limit) return 'heard';
  if (suspectedSince === undefined || suspectedSince < heard) return 'suspect';
  return now - suspectedSince >= interval ? 'stalled' : 'suspect';
}
