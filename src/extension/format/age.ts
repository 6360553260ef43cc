import { formatDuration } from '../../core/duration.ts';

/** Time since then: whole seconds, since a tenth that changes while one reads it says nothing. */
export function formatAge(since: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds);
}
