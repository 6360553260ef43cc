/** The bar at the bottom of the window. */
import type { Locator, Page } from 'playwright-core';
import { waitFor, type WaitOptions } from '../wait-for.ts';

export interface StatusBarItem {
  /** `publisher.extension.id` for the items of extensions. */
  id: string;
  /** The text without its icons. */
  text: string;
  /** The names of its codicons. */
  icons: string[];
  /** What a screen reader says: text and tooltip. */
  ariaLabel: string;
  kind: 'plain' | 'warning' | 'error' | 'prominent';
}

/** An item by its whole id, by the id that the extension gave it, or by the extension that owns it. */
export class StatusBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async items(): Promise<StatusBarItem[]> {
    return this.#items().evaluateAll((all) =>
      all.map((item) => ({
        id: item.id,
        text: (item.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
        icons: [...item.querySelectorAll('.codicon')].map(
          (icon) => /codicon-([\w-]+)/.exec(icon.className)?.[1] ?? '',
        ),
        ariaLabel: item.querySelector('a')?.getAttribute('aria-label') ?? '',
        kind:
          (['error', 'warning', 'prominent'] as const).find((kind) =>
            item.classList.contains(`${kind}-kind`),
          ) ?? 'plain',
      })),
    );
  }

  /** Waits for an item (`nightcrew.nightcrew.crew`, `crew` or `nightcrew.nightcrew`), and for `accept` to take it. */
  async item(
    idOrExtension: string,
    accept: (item: StatusBarItem) => boolean = () => true,
    options?: WaitOptions,
  ): Promise<StatusBarItem> {
    const wanted = (item: StatusBarItem) => matches(item, idOrExtension) && accept(item);
    const items = await waitFor(
      `the status bar item "${idOrExtension}"`,
      () => this.items(),
      (all) => all.some(wanted),
      options,
    );
    return items.find(wanted)!;
  }

  async click(idOrExtension: string): Promise<void> {
    const { id } = await this.item(idOrExtension);
    await this.#page.locator(`.statusbar-item[id="${id}"] a`).first().click();
  }

  #items(): Locator {
    return this.#page.locator('.part.statusbar .statusbar-item');
  }
}

function matches(item: StatusBarItem, query: string): boolean {
  return item.id === query || item.id.endsWith(`.${query}`) || item.id.startsWith(`${query}.`);
}
