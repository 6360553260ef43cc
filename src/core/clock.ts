/**
 * Time as the rest of the product sees it. Everything that waits or stamps takes a `Clock`, so that a test
 * can turn the time by hand and a laptop that wakes up can be told from one that is slow.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump forward and back. */
  now(): number;
  /** Never goes back; milliseconds from an arbitrary start. Durations are measured with this one. */
  monotonic(): number;
  /** Runs `action` once after `milliseconds`; the returned function cancels it and may be called twice. */
  after(milliseconds: number, action: () => void): () => void;
}

/** Milliseconds. What is longer, a timer of Node's takes for 1 ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own clock. Its timers do not keep a process alive: what should live says so otherwise. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, action) => {
    const due = performance.now() + milliseconds;
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = setTimeout(
        () => (left > LONGEST_TIMER ? wait(due - performance.now()) : action()),
        Math.min(left, LONGEST_TIMER),
      );
      timer.unref();
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
