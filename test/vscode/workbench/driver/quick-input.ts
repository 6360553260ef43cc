/** The box at the top of the window: command palette, quick picks and input boxes are all the same widget. */
import type { Locator, Page } from 'playwright-core';
import { actUntil, waitFor, type WaitOptions } from '../wait-for.ts';

export interface QuickPickItem {
  label: string;
  description: string;
  detail: string;
}

export interface QuickInputState {
  title: string;
  placeholder: string;
  /** The prompt of an input box, or what its validation says. */
  message: string;
  value: string;
}

export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;
  readonly #input: Locator;

  constructor(page: Page) {
    this.#page = page;
    // One that was answered or left is inert while it fades: it is not asking any more.
    this.#widget = page.locator('.quick-input-widget:not([inert])');
    this.#input = this.#widget.locator('.quick-input-box input');
  }

  /** Runs the command that the palette shows under exactly this title, for example `Nightcrew: Add Worker`. */
  async runCommand(title: string): Promise<void> {
    await this.#ask('F1', `>${title}`, 'the command palette');
    await this.#clickItem(title, `the command "${title}" in the palette`);
    await waitFor('the command palette to close', async () => !(await this.#isPalette()));
  }

  /** Opens a file of the workspace by its name or path, as Ctrl+P does. */
  async openFile(path: string): Promise<void> {
    await this.#ask('ControlOrMeta+P', path, 'quick open');
    await this.#clickItem(path.split('/').at(-1) ?? path, `the file "${path}" in quick open`);
  }

  /** The items in sight. Long lists render only these; type to narrow them. */
  async items(): Promise<QuickPickItem[]> {
    return this.#rows().evaluateAll((rows) =>
      rows.map((row) => {
        const content = (selector: string) => row.querySelector(selector)?.textContent?.trim() ?? '';
        return {
          label: content('.label-name'),
          description: content('.label-description'),
          detail: content('.quick-input-list-label-meta'),
        };
      }),
    );
  }

  /** Waits for a quick pick with this item, takes it, and waits until it has closed or another question has come. */
  async choose(label: string): Promise<void> {
    await this.#waitForItem(label, `the quick pick item "${label}"`);
    await this.#answer(() => this.#clickItem(label, `the quick pick item "${label}"`));
  }

  /** Ticks items of a quick pick that takes many, and accepts as `choose` does. */
  async chooseMany(labels: string[]): Promise<void> {
    for (const label of labels) await this.#clickItem(label, `the quick pick item "${label}"`);
    await this.#answer(() => this.#input.press('Enter'));
  }

  /** Fills the input box, accepts it, and waits until the box has closed or asks for the next value. */
  async enter(value: string, options?: WaitOptions): Promise<void> {
    await this.fill(value);
    await actUntil(
      `the input box to accept "${value}"`,
      async () => {
        if (!(await this.isOpen())) return true;
        if (await this.#widget.locator('.monaco-inputbox.error').isVisible()) {
          throw new Error(`It says: ${await text(this.#widget.locator('.quick-input-message'))}`);
        }
        return (await this.#input.inputValue({ timeout: 1_000 })) !== value;
      },
      () => this.#input.press('Enter'),
      options,
    );
  }

  /** Fills without accepting, to look at the validation or at filtered items. */
  async fill(value: string): Promise<void> {
    await waitFor('an input box', () => this.#input.isVisible());
    await this.#input.fill(value);
  }

  /** Waits for a quick pick or an input box and says what it asks. */
  async read(): Promise<QuickInputState> {
    await waitFor('a quick pick or an input box', () => this.#widget.isVisible());
    return {
      title: await text(this.#widget.locator('.quick-input-title')),
      placeholder: (await this.#input.getAttribute('placeholder')) ?? '',
      message: await text(this.#widget.locator('.quick-input-message')),
      value: await this.#input.inputValue(),
    };
  }

  async isOpen(): Promise<boolean> {
    return this.#widget.isVisible();
  }

  /** Escape: what a user does who changes their mind. */
  async dismiss(): Promise<void> {
    await this.#input.press('Escape');
    await waitFor('the quick input to close', async () => !(await this.isOpen()));
  }

  #rows(): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Opens the box by a key and fills it; again where the key came too early, or the box of before was still going. */
  async #ask(key: string, value: string, what: string): Promise<void> {
    await waitFor(`${what} to open`, async () => {
      await this.#page.keyboard.press(key);
      // A loaded machine takes its time; each key pressed again gives it more to do.
      await this.#input.fill(value, { timeout: 5_000 });
      return (await this.#input.inputValue({ timeout: 1_000 })) === value;
    });
  }

  async #isPalette(): Promise<boolean> {
    return (
      (await this.#input.isVisible()) && (await this.#input.inputValue({ timeout: 1_000 })).startsWith('>')
    );
  }

  /** What is asked now, as far as it tells one question from another; empty while nothing is. Does not wait. */
  async #question(): Promise<string> {
    const questions = await this.#widget.evaluateAll((widgets) =>
      widgets
        .filter((widget) => widget.checkVisibility())
        .map((widget) => {
          const title = widget.querySelector('.quick-input-title')?.textContent ?? '';
          const input = widget.querySelector('.quick-input-box input');
          return [title, input?.getAttribute('placeholder') ?? ''].filter(Boolean).join(': ');
        }),
    );
    return questions.join();
  }

  /** Answers the question that is asked now, and waits until it is gone: what comes next may take its place. */
  async #answer(act: () => Promise<void>): Promise<void> {
    const question = await this.#question();
    await act();
    await waitFor(
      `the question "${question}" to be answered`,
      () => this.#question(),
      (asked) => asked !== question,
    );
  }

  async #waitForItem(label: string, what: string): Promise<void> {
    await waitFor(
      what,
      async () => (await this.items()).map((item) => item.label),
      (labels) => labels.includes(label),
    );
  }

  async #clickItem(label: string, what: string): Promise<void> {
    await this.#waitForItem(label, what);
    // By its label, and once: the list may still move, and the next question may be there before a click is reported.
    const labelled = this.#page.locator('.label-name').getByText(label, { exact: true });
    await this.#rows().filter({ has: labelled }).first().locator('.label-name').first().click();
  }
}

async function text(locator: Locator): Promise<string> {
  return (await locator.allTextContents()).join(' ').trim();
}
