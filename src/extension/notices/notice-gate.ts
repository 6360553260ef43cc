/**
 * Which notices interrupt a person. All are in the log; a message pops up only if the setting asks for its severity, and
 * the same one at most once in a while: thirty workers that fail for one reason are one piece of news.
 */
import type { Notice } from '../../control/api.ts';
import type { Clock } from '../../core/clock.ts';
import type { NotificationLevel } from '../contributions.ts';

/** Milliseconds in which the same notice is not shown again. */
export const SAME_NOTICE_INTERVAL = 5 * 60_000;
/** So many of any kind within a minute; more are only counted. */
export const NOTICES_A_MINUTE = 3;
const MINUTE = 60_000;

export type NoticeVerdict = { show: true; suppressed: number } | { show: false };

export class NoticeGate {
  readonly #clock: Clock;
  readonly #lastShown = new Map<string, number>();
  #recent: number[] = [];
  #suppressed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether to show this one, and how many were kept back since the last that was. */
  judge(notice: Notice, level: NotificationLevel): NoticeVerdict {
    if (level === 'none' || (level === 'problems' && notice.severity === 'info')) return { show: false };
    const now = this.#clock.monotonic();
    this.#recent = this.#recent.filter((at) => now - at < MINUTE);
    for (const [known, at] of this.#lastShown) {
      if (now - at >= SAME_NOTICE_INTERVAL) this.#lastShown.delete(known);
    }
    const key = keyOf(notice);
    if (this.#lastShown.has(key) || this.#recent.length >= NOTICES_A_MINUTE) {
      this.#suppressed++;
      return { show: false };
    }
    this.#lastShown.set(key, now);
    this.#recent.push(now);
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return { show: true, suppressed };
  }
}

/** Notices that differ only in numbers (a worker's, a job's) say the same. */
function keyOf(notice: Notice): string {
  return `${notice.severity} ${notice.message.replaceAll(/\d+/g, '#')}`;
}
