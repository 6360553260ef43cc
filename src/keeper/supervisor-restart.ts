/**
 * Brings the supervisor back when it is gone although there is something to be supervised.
 *
 * Throttle: the first start comes 100 ms after the loss, because a crash of the brain should cost nobody anything; each
 * further one waits twice as long, up to 30 s, because something that fails at once will mostly fail again. A supervisor
 * that has stayed connected for 30 s has proved itself: the next loss begins at 100 ms again. While a started process
 * lives without having connected, no second one is started; after five minutes it counts as stuck and is killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../core/clock.ts';

export interface RestartCommand {
  executable: string;
  arguments: string[];
  /** Added to the keeper's own environment. */
  env: Record<string, string>;
}

export const FIRST_DELAY_MILLISECONDS = 100;
export const LONGEST_DELAY_MILLISECONDS = 30_000;
/** Far longer than the longest start, a replay of a journal of millions of jobs. */
export const STUCK_MILLISECONDS = 5 * 60_000;
/** Connected for so long, a supervisor counts as sound. */
export const PROOF_MILLISECONDS = 30_000;

export class SupervisorRestart {
  #command: RestartCommand;
  readonly #clock: Clock;
  readonly #log: (text: string) => void;
  #delay = FIRST_DELAY_MILLISECONDS;
  #cancelTimer: (() => void) | undefined;
  #connectedAt: number | undefined;
  #child: ChildProcess | undefined;
  #childStartedAt = 0;

  constructor(command: RestartCommand, clock: Clock, log: (text: string) => void) {
    this.#command = command;
    this.#clock = clock;
    this.#log = log;
  }

  /** A supervisor has connected: nothing is to be started. It may bring another command for its successors. */
  onConnected(command: RestartCommand | undefined): void {
    this.stop();
    this.#child = undefined;
    if (command) this.#command = command;
    this.#connectedAt = this.#clock.monotonic();
  }

  /** The supervisor is gone and wanted. Does nothing when a start is planned already. */
  onLost(): void {
    const connectedFor = this.#connectedAt === undefined ? 0 : this.#clock.monotonic() - this.#connectedAt;
    this.#connectedAt = undefined;
    if (connectedFor >= PROOF_MILLISECONDS) this.#delay = FIRST_DELAY_MILLISECONDS;
    this.#plan();
  }

  /** Nothing is to be started any more, until the next loss. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #plan(): void {
    if (this.#cancelTimer) return;
    this.#cancelTimer = this.#clock.after(this.#delay, () => {
      this.#cancelTimer = undefined;
      if (this.#isStarting()) {
        this.#plan();
        return;
      }
      this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MILLISECONDS);
      this.#start();
      this.#plan();
    });
  }

  #isStarting(): boolean {
    if (!this.#child) return false;
    if (this.#clock.monotonic() - this.#childStartedAt < STUCK_MILLISECONDS) return true;
    this.#log('the supervisor that was started does not connect; it is killed');
    // A child of ours that is not reaped yet: its number is nobody else's.
    this.#child.kill('SIGKILL');
    this.#child = undefined;
    return false;
  }

  /** Its own session and no streams of ours: the two processes must be able to end without each other. */
  #start(): void {
    this.#log(`starting a supervisor; the next try would be in ${this.#delay} ms`);
    const child = spawn(this.#command.executable, this.#command.arguments, {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, ...this.#command.env },
      windowsHide: true,
    });
    this.#child = child;
    this.#childStartedAt = this.#clock.monotonic();
    const forget = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once('error', (error) => {
      this.#log(`the supervisor could not be started: ${error.message}`);
      forget();
    });
    child.once('exit', (code, signal) => {
      this.#log(`the supervisor that was started has ended (${signal ?? `code ${code}`})`);
      forget();
    });
    child.unref();
  }
}
