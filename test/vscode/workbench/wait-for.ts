/** Waiting for a condition. The one way this harness waits: nothing in it sleeps for a fixed time. */
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  timeoutMs?: number;
}

/** Long enough for a slow shared machine, short enough that a broken test still says so within a coffee sip. */
export const defaultTimeoutMs = 20_000;

const pollIntervalMs = 50;
const timeToShowMs = 3_000;

/** Says what was waited for and what was there instead, which is what one needs to repair a test. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
  constructor(what: string, timeoutMs: number, seen: string, cause: unknown) {
    super(`Waited ${timeoutMs / 1000} s for ${what}. Last seen: ${seen}`, { cause });
  }
}

/**
 * Calls `read` until `accept` takes its value, and returns that value. An error of `read` counts as "not yet":
 * between two looks at a live page an element may go away.
 */
export async function waitFor<T>(
  what: string,
  read: () => Promise<T> | T,
  accept: (value: T) => boolean = Boolean,
  { timeoutMs = defaultTimeoutMs }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let seen: string;
  let lastError: unknown;
  do {
    try {
      const value = await read();
      if (accept(value)) return value;
      seen = describe(value);
      lastError = undefined;
    } catch (error) {
      seen = String(error);
      lastError = error;
    }
    await delay(pollIntervalMs);
  } while (Date.now() < deadline);
  throw new WaitTimeoutError(what, timeoutMs, seen, lastError);
}

/**
 * Acts until a state is reached. Each act gets time to show before the next, also one that failed: where a click
 * toggles, a hasty second one undoes the first, and on a busy machine a click may work and still be reported late.
 */
export async function actUntil(
  what: string,
  reached: () => Promise<boolean>,
  act: () => Promise<void>,
  options?: WaitOptions,
): Promise<void> {
  const attempt = async () => {
    if (await reached()) return true;
    const failure = await act().catch((error: unknown) => error);
    return waitFor(what, reached, Boolean, { timeoutMs: timeToShowMs }).catch((error: unknown) => {
      throw failure ?? error;
    });
  };
  await waitFor(what, attempt, Boolean, options);
}

function describe(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value, null, 2) ?? String(value));
  return text.length > 4_000 ? `${text.slice(0, 4_000)}…` : text;
}
