/** Tells of stray output at most once a second, so that a worker that prints a million lines costs a handful of reports. */
import type { Clock } from '../core/clock.ts';
import type { StrayReason } from '../protocol/framing.ts';
import type { StrayDetail } from './contract.ts';

const INTERVAL_MILLISECONDS = 1000;
const SAMPLE_BYTES = 200;

export class StrayReporter {
  readonly #clock: Clock;
  readonly #report: (detail: StrayDetail) => void;
  /** What came since the last report. */
  #pending: StrayDetail | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, report: (detail: StrayDetail) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  add(bytes: Buffer, reason: StrayReason): void {
    if (this.#pending) this.#pending.bytes += bytes.length;
    else {
      const sample = bytes.toString('utf8', 0, Math.min(bytes.length, SAMPLE_BYTES));
      this.#pending = { bytes: bytes.length, sample, reason };
    }
    if (!this.#cancelTimer) this.flush();
  }

  /** Reports what is waiting, now. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#pending) return;
    this.#report(this.#pending);
    this.#pending = undefined;
    this.#cancelTimer = this.#clock.after(INTERVAL_MILLISECONDS, () => {
      this.#cancelTimer = undefined;
      this.flush();
    });
  }

  /** Reports what is waiting and stops the timer. */
  end(): void {
    this.flush();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
