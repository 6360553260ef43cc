/** A menu that is open: a context menu or the overflow of a toolbar. */
import type { Page } from 'playwright-core';
import { waitFor } from '../wait-for.ts';

/** Takes an item of the open menu, and waits until the menu has closed. */
export async function choosePageMenuItem(page: Page, name: string): Promise<void> {
  const items = page.locator('.monaco-menu .action-menu-item');
  let clicked = false;
  await waitFor(
    `the menu item "${name}"`,
    async () => {
      const names = await pageMenuItems(page);
      const index = names.indexOf(name);
      if (index < 0) return clicked || names;
      // For its first 100 ms a menu takes no clicks, lest the one that opened it counts: so look, and click again.
      clicked = true;
      await items.nth(index).click({ timeout: 1_000 });
      return !(await items.first().isVisible());
    },
    (outcome) => outcome === true,
  );
}

/** The names of the items of the open menu. */
export async function pageMenuItems(page: Page): Promise<string[]> {
  const labels = page.locator('.monaco-menu .action-menu-item .action-label');
  return (await labels.allTextContents()).map((label) => label.trim());
}
