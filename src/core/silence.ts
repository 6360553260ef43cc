/**
 * When a worker that says nothing counts as stalled: after six heartbeats that did not come it is suspected, and only when
 * another full interval brings nothing either is it believed. Between the two, what was on its way arrives: a machine
 * that wakes up, and a supervisor that was held up, find every beat late.
 */

/** MISSION C2: with the default interval three minutes. */
const MISSED_BEATS = 6;

export interface Silence {
  /** All on one clock, milliseconds. */
  now: number;
  /** When the worker was heard last. */
  heard: number;
  /** Between its heartbeats. */
  interval: number;
  suspectedSince?: number | undefined;
}

/** `stalled` is said as long as it is silent, once suspicion has lasted; who asks keeps `suspectedSince` while it is suspect. */
export function judgeSilence({
  now,
  heard,
  interval,
  suspectedSince,
}: Silence): 'heard' | 'suspect' | 'stalled' {
  if (now - heard <= MISSED_BEATS * interval) return 'heard';
  if (suspectedSince === undefined || suspectedSince < heard) return 'suspect';
  return now - suspectedSince >= interval ? 'stalled' : 'suspect';
}
