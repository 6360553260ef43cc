/**
 * When a snapshot is due: when the journal has grown enough that replaying it would take longer than reading a snapshot, or
 * when things have been idle for a while, so that other programs find the newest state in the file.
 */
import type { Clock } from '../core/clock.ts';

const MINIMUM_GROWTH_BYTES = 8 * 1024 * 1024;
/** Of the last snapshot's size: what is written over all snapshots stays a small multiple of what is journaled. */
const GROWTH_SHARE = 0.5;
export const IDLE_MILLISECONDS = 5_000;
/** After one that failed: a full disk should not be asked with every event. */
const RETRY_MILLISECONDS = 30_000;

export class SnapshotSchedule {
  readonly #clock: Clock;
  readonly #begin: () => void;
  #due: number;
  #lastChange = 0;
  #retryAt = -Infinity;
  #changed = false;
  #taking = false;
  #stopped = false;
  #cancelIdle: (() => void) | undefined;

  /** Calls `begin` when a snapshot is due. */
  constructor(clock: Clock, snapshotBytes: number, begin: () => void) {
    this.#clock = clock;
    this.#begin = begin;
    this.#due = dueAfter(snapshotBytes);
  }

  /** Something was journaled; `grown` bytes have come since the last snapshot began. */
  changed(grown: number): void {
    if (this.#stopped) return;
    this.#changed = true;
    this.#lastChange = this.#clock.monotonic();
    if (grown >= this.#due && !this.#taking && this.#lastChange >= this.#retryAt) this.#begin();
    else this.#cancelIdle ??= this.#clock.after(IDLE_MILLISECONDS, () => this.#idle());
  }

  /** A snapshot of all changes so far is being taken. */
  begun(): void {
    this.#taking = true;
    this.#changed = false;
  }

  succeeded(bytes: number): void {
    this.#taking = false;
    this.#due = dueAfter(bytes);
  }

  failed(): void {
    this.#taking = false;
    this.#changed = true;
    this.#retryAt = this.#clock.monotonic() + RETRY_MILLISECONDS;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelIdle?.();
  }

  /** One timer serves many changes: it looks how long the last one is ago, and waits for the rest of the time. */
  #idle(): void {
    this.#cancelIdle = undefined;
    if (!this.#changed || this.#stopped) return;
    const now = this.#clock.monotonic();
    const rest = this.#taking
      ? IDLE_MILLISECONDS
      : Math.max(this.#lastChange + IDLE_MILLISECONDS, this.#retryAt) - now;
    if (rest > 0) this.#cancelIdle = this.#clock.after(rest, () => this.#idle());
    else this.#begin();
  }
}

function dueAfter(snapshotBytes: number): number {
  return Math.max(MINIMUM_GROWTH_BYTES, snapshotBytes * GROWTH_SHARE);
}
