/** One window: the workbench open in a browser page. */
import { chromium, type BrowserContext, type ConsoleMessage, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';
import type { WindowTarget, WorkbenchServer } from './server.ts';
import { defaultTimeoutMs, waitFor, type WaitOptions } from './wait-for.ts';

export interface WindowOptions extends WindowTarget {
  /**
   * The browser to open the window in (see `startBrowser`). What a user keeps from window to window, such as trust
   * and layout, is kept there. Without one the window starts its own and closes it at the end.
   */
  browser?: BrowserContext;
  /** Shows the browser on the desktop. */
  headed?: boolean;
  viewport?: { width: number; height: number };
  /** Called for each console line of the suite's extension host. */
  onSuiteLog?: (type: string, line: string) => void;
}

/** Tall, because lists render only the rows in sight. */
const defaultViewport = { width: 1400, height: 1000 };

const readyTimeoutMs = 60_000;

/** What a browser in a container needs (no sandbox, no GPU), and what keeps it from calling out. */
const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the workbench makes last: status bar items, the view in the side bar, and the colours that settings ask for. */
const workbenchIsReady = `Boolean(
  document.querySelector('.monaco-workbench[class*=vscode-theme-] .part.statusbar .statusbar-item') &&
  document.querySelector('.monaco-workbench .part.activitybar .action-item.checked, .nosidebar .part.activitybar .action-item')
)`;

/** A browser with a fresh profile, closed by `close()`. */
export async function startBrowser(
  options: Pick<WindowOptions, 'headed' | 'viewport'> = {},
): Promise<BrowserContext> {
  return chromium.launchPersistentContext('', {
    executablePath: await findChromium(),
    headless: !options.headed,
    viewport: options.viewport ?? defaultViewport,
    args: browserArguments,
    // Whoever ends the process ends the browser too; but signals are answered in one place, process-group.ts.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

export class WorkbenchWindow {
  readonly page: Page;
  readonly server: WorkbenchServer;
  /** The exit code of the suite, when the window was opened with one. */
  readonly suiteExit: Promise<number>;
  /** What the page wrote to its console as errors; the place to look when a window stays blank. */
  readonly pageErrors: string[] = [];
  readonly #close: () => Promise<void>;

  private constructor(
    page: Page,
    server: WorkbenchServer,
    suiteExit: Promise<number>,
    close: () => Promise<void>,
  ) {
    this.page = page;
    this.server = server;
    this.suiteExit = suiteExit;
    this.#close = close;
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') this.pageErrors.push(message.text());
    });
    page.on('pageerror', (error) => this.pageErrors.push(String(error)));
  }

  /** Opens a window and waits until its workbench is ready (with a suite: until the page has loaded). */
  static async open(server: WorkbenchServer, options: WindowOptions = {}): Promise<WorkbenchWindow> {
    const browser = options.browser ?? (await startBrowser(options));
    const ownsBrowser = options.browser === undefined;
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(defaultTimeoutMs);
      if (options.viewport) await page.setViewportSize(options.viewport);
      const suiteExit = new Promise<number>((resolve, reject) => {
        page.once('crash', () => reject(new Error('The page of the suite crashed.')));
        void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      });
      // Only a runner of suites waits for it; a crash of other windows shows in whatever they do next.
      suiteExit.catch(() => undefined);
      await page.exposeFunction('codeAutomationLog', (type: string, values: unknown[]) => {
        options.onSuiteLog?.(type, formatLog(values));
      });
      const window = new WorkbenchWindow(page, server, suiteExit, () =>
        ownsBrowser ? browser.close() : page.close(),
      );
      await page.goto(server.url(options));
      if (options.extensionTestsPath === undefined) await window.waitUntilReady();
      return window;
    } catch (error) {
      if (ownsBrowser) await browser.close();
      throw error;
    }
  }

  /** Waits until the workbench has restored its editors and views. Extensions may still be starting. */
  async waitUntilReady(): Promise<void> {
    const options: WaitOptions = { timeoutMs: readyTimeoutMs };
    const ready = () => this.page.evaluate<boolean>(workbenchIsReady);
    await waitFor('the workbench to be ready', ready, Boolean, options).catch((error: unknown) => {
      throw new Error(`${String(error)}\nErrors of the page:\n${this.pageErrors.join('\n')}`, {
        cause: error,
      });
    });
    // Only windows with the smoke test driver can say when they have restored all.
    await this.page.evaluate('window.driver?.whenWorkbenchRestored()');
  }

  /** The user's "Reload Window": a new workbench and a new extension host; what is detached lives on. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitUntilReady();
  }

  async close(): Promise<void> {
    await this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function formatLog(values: unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
}
