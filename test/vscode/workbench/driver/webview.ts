/** The document inside a webview. */
import type { Frame, Page } from 'playwright-core';
import { waitFor, type WaitOptions } from '../wait-for.ts';

/**
 * Waits for the webview with this title and returns its frame, which takes locators as a page does. A webview is two
 * nested frames: VS Code's own, and in it `iframe#active-frame` with the extension's document and the panel's title.
 * The frame is a new one after a reload, or when a hidden panel is shown again: ask again then.
 */
export async function findWebview(page: Page, title: string, options?: WaitOptions): Promise<Frame> {
  let found: Frame | undefined;
  await waitFor(
    `the webview "${title}"`,
    async () => {
      const titles: string[] = [];
      for (const frame of page.frames()) {
        // The frame's own name tells nothing: Playwright keeps the one it had while it loaded, "pending-frame".
        const owner = await webviewTitle(frame);
        if (owner === undefined) continue;
        if (owner === title) found = frame;
        titles.push(owner);
      }
      return found ? true : titles;
    },
    (outcome) => outcome === true,
    options,
  );
  return found!;
}

/** The same, once its document shows this text: while a panel is being loaded, VS Code replaces its frame. */
export async function findWebviewWith(
  page: Page,
  title: string,
  text: string | RegExp,
  options?: WaitOptions,
): Promise<Frame> {
  let found: Frame | undefined;
  await waitFor(
    `${String(text)} in the webview "${title}"`,
    async () => {
      found = await findWebview(page, title, options);
      return found.getByText(text).first().isVisible();
    },
    Boolean,
    options,
  );
  return found!;
}

/** The title of the webview whose document this frame holds; `undefined` for any other frame, or one that is going. */
async function webviewTitle(frame: Frame): Promise<string | undefined> {
  if (frame.parentFrame() === null) return undefined;
  const element = await frame.frameElement().catch(() => undefined);
  if ((await element?.getAttribute('id').catch(() => null)) !== 'active-frame') return undefined;
  return (await element?.getAttribute('title').catch(() => null)) ?? '';
}
