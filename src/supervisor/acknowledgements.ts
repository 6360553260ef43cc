/**
 * Which messages of a worker the keeper may forget. A message that changed what is recorded is acknowledged when the change
 * is on the disk; one that changed nothing (a heartbeat, progress) needs no disk, and is in no hurry: the keeper has only so
 * much of each worker on its way, so the pause is what slows a worker that floods, and nobody else.
 */
import type { Clock } from '../core/clock.ts';
import type { Handle } from '../keeper/contract.ts';

/** What nobody waits for is acknowledged so much later, milliseconds. */
const IDLE_PAUSE = 50;

interface Account {
  /** Newest message that was dealt with. */
  last: number;
  acknowledged: number;
  /** Oldest message whose consequences are not on their way to the disk yet, and oldest of those that are. */
  unflushed?: number | undefined;
  flushing?: number | undefined;
  /** A message that has to be kept until it is released. */
  held?: number | undefined;
}

export class Acknowledgements {
  readonly #clock: Clock;
  readonly #flush: () => Promise<void>;
  readonly #acknowledge: (handle: Handle, sequence: number) => void;
  readonly #forget: (handle: Handle) => void;
  #accounts = new Map<Handle, Account>();
  /** Processes that are gone and whose last messages are not on the disk yet. */
  #ended: Handle[] = [];
  #isFlushing = false;
  #flushAgain = false;
  #isPausing = false;

  /** `flush` brings all that was recorded so far to the disk. */
  constructor(
    clock: Clock,
    flush: () => Promise<void>,
    acknowledge: (handle: Handle, sequence: number) => void,
    forget: (handle: Handle) => void,
  ) {
    this.#clock = clock;
    this.#flush = flush;
    this.#acknowledge = acknowledge;
    this.#forget = forget;
  }

  /** Forgets everything: another keeper counts anew. */
  clear(): void {
    this.#accounts = new Map();
    this.#ended = [];
  }

  /** A message was dealt with; `recorded`: something was recorded because of it. */
  dealtWith(handle: Handle, sequence: number, recorded: boolean): void {
    const account = this.#account(handle, sequence);
    account.last = sequence;
    if (recorded) account.unflushed ??= sequence;
    else this.#pause();
  }

  /** A message is to be kept, for what it says is not recorded yet. It takes the place of one that was held before. */
  hold(handle: Handle, sequence: number): void {
    this.#account(handle, sequence).held = sequence;
  }

  /** What the held message says is recorded now. */
  release(handle: Handle): void {
    const account = this.#accounts.get(handle);
    if (account?.held === undefined) return;
    account.unflushed = Math.min(account.unflushed ?? Infinity, account.held);
    account.held = undefined;
  }

  /** The process is gone and all it said was heard: the keeper may forget it once that is on the disk. */
  end(handle: Handle): void {
    this.#ended.push(handle);
  }

  /** Brings what was recorded to the disk and acknowledges what caused it. */
  async flush(): Promise<void> {
    if (this.#isFlushing) {
      this.#flushAgain = true;
      return;
    }
    this.#isFlushing = true;
    do {
      this.#flushAgain = false;
      await this.#flushOnce();
    } while (this.#flushAgain);
    this.#isFlushing = false;
  }

  async #flushOnce(): Promise<void> {
    const concerned = [...this.#accounts].filter(([, account]) => account.unflushed !== undefined);
    const ended = this.#ended;
    const accounts = this.#accounts;
    if (concerned.length === 0 && ended.length === 0) return;
    this.#ended = [];
    for (const [, account] of concerned) {
      account.flushing = account.unflushed;
      account.unflushed = undefined;
    }
    try {
      await this.#flush();
      for (const [handle, account] of concerned) {
        account.flushing = undefined;
        // Not that of a keeper that is gone meanwhile.
        if (this.#accounts.get(handle) === account) this.#settle(handle, account);
      }
      if (this.#accounts === accounts) for (const handle of ended) this.#forget(handle);
    } catch {
      // Not acknowledged: the keeper keeps the messages, and the next write reports what is wrong.
      for (const [, account] of concerned) {
        account.unflushed = account.flushing;
        account.flushing = undefined;
      }
      if (this.#accounts === accounts) this.#ended.unshift(...ended);
    }
  }

  /** Acknowledges what needs no disk, or has it. */
  #settle(handle: Handle, account: Account): void {
    const { last, unflushed = Infinity, flushing = Infinity, held = Infinity } = account;
    const safe = Math.min(last, unflushed - 1, flushing - 1, held - 1);
    if (safe > account.acknowledged) {
      account.acknowledged = safe;
      this.#acknowledge(handle, safe);
    }
    if (safe === last) this.#accounts.delete(handle);
  }

  #account(handle: Handle, sequence: number): Account {
    let account = this.#accounts.get(handle);
    if (!account) {
      account = { last: sequence - 1, acknowledged: sequence - 1 };
      this.#accounts.set(handle, account);
    }
    return account;
  }

  #pause(): void {
    if (this.#isPausing) return;
    this.#isPausing = true;
    this.#clock.after(IDLE_PAUSE, () => {
      this.#isPausing = false;
      for (const [handle, account] of this.#accounts) this.#settle(handle, account);
    });
  }
}
