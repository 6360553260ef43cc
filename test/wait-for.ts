/** Waits for conditions instead of sleeping, and says what was there instead when they do not come. */
import { setTimeout as delay } from 'node:timers/promises';

export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { seconds = 20, seen = () => '' }: { seconds?: number; seen?: () => string } = {},
): Promise<void> {
  const giveUp = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > giveUp) throw new Error(`Waited ${seconds} s for ${what}.\n${seen()}`);
    await delay(10);
  }
}
