/** Keeps the dashboard's page in the last hour's figures: asked for once it can be seen, again every half minute, and not at all while hidden. */
import type { DashboardMessage } from '../../../webview/messages.ts';
import type { ControlClient } from '../../control/client-contract.ts';
import type { Clock } from '../../core/clock.ts';
import { trendsOf } from './trend.ts';

/** Milliseconds. */
const HOUR = 3_600_000;
export const TREND_INTERVAL = 30_000;
/** Seconds of a point. */
const STEP = 60;

export interface TrendOptions {
  clock: Clock;
  post(message: DashboardMessage): void;
  /** Undefined while there is no connection. */
  client(): ControlClient | undefined;
}

export class DashboardTrends {
  readonly #options: TrendOptions;
  #ready = false;
  #visible: boolean;
  #isAsking = false;
  #cancel: (() => void) | undefined;

  constructor(options: TrendOptions, visible: boolean) {
    this.#options = options;
    this.#visible = visible;
  }

  /** The page says that it listens. */
  ready(): void {
    this.#ready = true;
    void this.#ask();
  }

  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) void this.#ask();
    else this.#rest();
  }

  /** What was asked for may be another crew's by now. */
  refresh(): void {
    void this.#ask();
  }

  dispose(): void {
    this.#visible = false;
    this.#rest();
  }

  async #ask(): Promise<void> {
    if (!this.#ready || !this.#visible || this.#isAsking) return;
    this.#rest();
    this.#isAsking = true;
    // Without an answer the page shows none; that the connection was lost is told elsewhere.
    const report = await this.#request().catch(() => undefined);
    this.#isAsking = false;
    if (!this.#visible) return;
    const { clock, post } = this.#options;
    if (report) post({ type: 'trends', now: clock.now(), trends: trendsOf(report) });
    this.#cancel = clock.after(TREND_INTERVAL, () => void this.#ask());
  }

  async #request() {
    const now = this.#options.clock.now();
    return this.#options.client()?.request('metrics', { since: now - HOUR, until: now, step: STEP });
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
