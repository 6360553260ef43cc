/** Modal dialogs. */
import type { Locator, Page } from 'playwright-core';
import { waitFor, type WaitOptions } from '../wait-for.ts';

export interface DialogState {
  message: string;
  detail: string;
  buttons: string[];
}

export class Dialogs {
  readonly #box: Locator;

  constructor(page: Page) {
    this.#box = page.locator('.monaco-dialog-box');
  }

  async isOpen(): Promise<boolean> {
    return this.#box.isVisible();
  }

  /** Waits for a dialog and says what it asks. */
  async read(options?: WaitOptions): Promise<DialogState> {
    await waitFor('a modal dialog', () => this.#box.isVisible(), Boolean, options);
    return {
      message: await text(this.#box.locator('.dialog-message-text')),
      detail: await text(this.#box.locator('.dialog-message-detail')),
      buttons: await this.#buttons(),
    };
  }

  /** Waits for a dialog with this button and presses it; returns what the dialog asked. */
  async answer(button: string, options?: WaitOptions): Promise<DialogState> {
    const asked = await waitFor(
      `a modal dialog with the button "${button}"`,
      () => this.read({ timeoutMs: 500 }),
      (dialog) => dialog.buttons.includes(button),
      options,
    );
    const index = asked.buttons.indexOf(button);
    await this.#box.locator('.dialog-buttons .monaco-button').nth(index).click();
    await waitFor('the dialog to close or to ask something else', async () => {
      return !(await this.isOpen()) || (await this.read()).message !== asked.message;
    });
    return asked;
  }

  async #buttons(): Promise<string[]> {
    const names = await this.#box.locator('.dialog-buttons .monaco-button').allTextContents();
    return names.map((name) => name.trim());
  }
}

async function text(locator: Locator): Promise<string> {
  return (await locator.allTextContents()).join(' ').trim();
}
