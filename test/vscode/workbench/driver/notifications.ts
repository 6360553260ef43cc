/**
 * Notifications, read in the notification centre. Toasts are no place to read them: they go away, and a window with
 * the smoke test driver (which loading a development extension needs) shows none at all.
 */
import type { Locator, Page } from 'playwright-core';
import { actUntil, waitFor, type WaitOptions } from '../wait-for.ts';

export interface Notification {
  severity: 'info' | 'warning' | 'error';
  message: string;
  actions: string[];
}

export class Notifications {
  readonly #page: Page;
  readonly #centre: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#centre = page.locator('.notifications-center.visible');
  }

  /** All that are there, the newest first. Opens the centre, and leaves it as it was. */
  async read(): Promise<Notification[]> {
    return this.#inCentre(() => this.#list());
  }

  /** Waits for a notification whose message contains this text or matches it. */
  async waitFor(message: string | RegExp, options?: WaitOptions): Promise<Notification> {
    return this.#inCentre(async () => (await this.#find(message, options)).notification);
  }

  /** Presses a button of a notification. */
  async answer(message: string | RegExp, action: string, options?: WaitOptions): Promise<void> {
    await this.#inCentre(async () => {
      const { row } = await this.#find(message, options);
      // A row shows its buttons only when it is expanded, which most are not at first.
      const button = row.locator('.notification-list-item-buttons-container .monaco-button', {
        hasText: action,
      });
      if (!(await button.isVisible())) await row.locator('.codicon-notifications-expand').click();
      await button.click();
    });
  }

  /** Removes all, so that the next one is sure to be new. */
  async clear(): Promise<void> {
    await this.#inCentre(async () => {
      const clear = this.#centre.locator('.codicon-notifications-clear-all');
      if (await clear.isVisible()) await clear.click();
    });
  }

  /** The toasts on screen: only in a window of an installed extension (see `ServerOptions.installedExtension`). */
  async toasts(): Promise<Notification[]> {
    return readRows(this.#page.locator('.notification-toast .notification-list-item'));
  }

  async waitForToast(message: string | RegExp, options?: WaitOptions): Promise<Notification> {
    const toasts = await waitFor(
      `the toast ${String(message)}`,
      () => this.toasts(),
      (all) => all.some(says(message)),
      options,
    );
    return toasts.find(says(message))!;
  }

  #rows(): Locator {
    return this.#centre.locator('.monaco-list-row .notification-list-item');
  }

  #list(): Promise<Notification[]> {
    return readRows(this.#rows());
  }

  async #find(
    message: string | RegExp,
    options?: WaitOptions,
  ): Promise<{ notification: Notification; row: Locator }> {
    const wanted = says(message);
    const all = await waitFor(
      `the notification ${String(message)}`,
      () => this.#list(),
      (list) => list.some(wanted),
      options,
    );
    const index = all.findIndex(wanted);
    return { notification: all[index]!, row: this.#rows().nth(index) };
  }

  async #inCentre<T>(act: () => Promise<T>): Promise<T> {
    const wasOpen = await this.#centre.isVisible();
    if (!wasOpen) await this.#toggle(true);
    const result = await act();
    if (!wasOpen && (await this.#centre.isVisible())) await this.#toggle(false);
    return result;
  }

  async #toggle(open: boolean): Promise<void> {
    await actUntil(
      `the notification centre to ${open ? 'open' : 'close'}`,
      async () => (await this.#centre.isVisible()) === open,
      // Not by the pointer: the item moves whenever one beside it comes or goes.
      () =>
        this.#page.locator('[id="status.notifications"] a').dispatchEvent('click', {}, { timeout: 1_000 }),
    );
  }
}

function readRows(rows: Locator): Promise<Notification[]> {
  return rows.evaluateAll((all) =>
    all.map((row) => {
      const icon = row.querySelector('.notification-list-item-icon')?.className ?? '';
      const buttons = row.querySelectorAll('.notification-list-item-buttons-container .monaco-button');
      return {
        severity:
          (['error', 'warning'] as const).find((severity) => icon.includes(`codicon-${severity}`)) ?? 'info',
        message: row.querySelector('.notification-list-item-message')?.textContent?.trim() ?? '',
        actions: [...buttons].map((button) => button.textContent?.trim() ?? ''),
      };
    }),
  );
}

function says(message: string | RegExp): (notification: Notification) => boolean {
  return (notification) =>
    typeof message === 'string' ? notification.message.includes(message) : message.test(notification.message);
}
