/** The bar of view containers at the side. */
import type { Locator, Page } from 'playwright-core';
import { actUntil, waitFor } from '../wait-for.ts';

export class ActivityBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Shows a container's views; does nothing where it is shown already (a second click would hide it). */
  async open(title: string): Promise<void> {
    await actUntil(
      `the view container "${title}" to be shown`,
      async () => (await (await this.#tab(title)).getAttribute('aria-expanded')) === 'true',
      async () => (await this.#tab(title)).click(),
    );
  }

  /** The number on a container's icon; empty without one. */
  async badge(title: string): Promise<string> {
    return ((await (await this.#tab(title)).locator('.badge-content').textContent()) ?? '').trim();
  }

  async titles(): Promise<string[]> {
    const labels = this.#tabs().locator('.action-label');
    const all = await labels.evaluateAll((elements) =>
      elements.map((element) => element.getAttribute('aria-label') ?? ''),
    );
    // "Explorer (Ctrl+Shift+E)", and with a badge "Source Control (Ctrl+Shift+G) - 3 pending changes".
    return all.map((label) => label.replace(/ \([^)]*\+[^)]*\)/, '').replace(/ - .*$/, ''));
  }

  #tabs(): Locator {
    return this.#page.locator('.activitybar .action-item[role="tab"]');
  }

  async #tab(title: string): Promise<Locator> {
    const titles = await waitFor(
      `the view container "${title}"`,
      () => this.titles(),
      (all) => all.includes(title),
    );
    return this.#tabs().nth(titles.indexOf(title));
  }
}
