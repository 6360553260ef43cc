/** Workspace trust: Restricted Mode and the way out of it. */
import type { Page } from 'playwright-core';
import { actUntil, waitFor } from '../wait-for.ts';
import { Dialogs } from './dialogs.ts';
import { QuickInput } from './quick-input.ts';

export class WorkspaceTrust {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Whether the window says that it is in Restricted Mode. A window that has just opened may not say so yet. */
  async isRestricted(): Promise<boolean> {
    return this.#page.locator('[id="status.workspaceTrust"]').isVisible();
  }

  async waitUntilRestricted(): Promise<void> {
    await waitFor('the window to be in Restricted Mode', () => this.isRestricted());
  }

  /**
   * Trusts the folder as a user would: in a dialog that asks for it, where one is open (the desktop asks at start, and
   * so does an extension that requests trust), else in the trust editor, which it closes again. In a trusted window it
   * changes nothing. Needs a server with workspace trust.
   */
  async grant(): Promise<void> {
    if (!(await this.#answerDialog())) {
      const quickInput = new QuickInput(this.#page);
      await quickInput.runCommand('Workspaces: Manage Workspace Trust');
      const editor = this.#page.locator('.workspace-trust-editor');
      const trust = editor.locator('.workspace-trust-buttons .monaco-button').filter({ hasText: /^Trust$/ });
      await actUntil(
        'the trust editor to say that the folder is trusted',
        async () =>
          (await editor.getAttribute('class', { timeout: 1_000 }))?.split(' ').includes('trusted') ?? false,
        () => trust.click({ timeout: 1_000 }),
      );
      await quickInput.runCommand('View: Close Editor');
    }
    await waitFor('the window to leave Restricted Mode', async () => !(await this.isRestricted()));
  }

  async #answerDialog(): Promise<boolean> {
    const dialogs = new Dialogs(this.#page);
    if (!(await dialogs.isOpen())) return false;
    const yes = (await dialogs.read()).buttons.find((button) => /^(Yes|Trust)\b/.test(button));
    if (yes) await dialogs.answer(yes);
    return yes !== undefined;
  }
}
