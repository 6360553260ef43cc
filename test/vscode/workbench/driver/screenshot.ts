/** Pictures for people to look at. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { outputFolder } from '../locations.ts';

/** Writes `test-output/screenshots/<name>.png` and returns its path. */
export async function takeScreenshot(page: Page, name: string): Promise<string> {
  const path = join(outputFolder, 'screenshots', `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  // A blinking caret and a fading row would make two pictures of the same thing differ.
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  return path;
}
