/** The text editor in front. */
import type { Locator, Page } from 'playwright-core';
import { waitFor, type WaitOptions } from '../wait-for.ts';

export class Editors {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The titles of the open tabs, in order. */
  async tabs(): Promise<string[]> {
    return this.#page.locator('.tabs-container .tab').evaluateAll((tabs) =>
      tabs.map((tab) => {
        // A file's extension stands in an element of its own, since it is the last to go where room is short.
        const parts = tab.querySelectorAll('.monaco-icon-name-container, .monaco-icon-suffix-container');
        return [...parts].map((part) => part.textContent ?? '').join('');
      }),
    );
  }

  /** The code lenses in sight, top to bottom. */
  async codeLenses(): Promise<string[]> {
    const lenses = await this.#lenses().allTextContents();
    return lenses.map((lens) => lens.replaceAll('\u00a0', ' ').trim());
  }

  /** Waits for a code lens whose text contains this, and clicks it. */
  async clickCodeLens(text: string, options?: WaitOptions): Promise<void> {
    await waitFor(
      `the code lens "${text}"`,
      () => this.codeLenses(),
      (lenses) => lenses.some((lens) => lens.includes(text)),
      options,
    );
    await this.#lenses().filter({ hasText: text }).first().click();
  }

  #lenses(): Locator {
    return this.#page.locator('.editor-group-container.active .monaco-editor .codelens-decoration a');
  }
}
