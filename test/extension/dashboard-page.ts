/** The dashboard's page in a browser, with the test in the place of the extension. */
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { DashboardMessage, DashboardRequest } from '../../webview/messages.ts';
import { findChromium } from '../vscode/workbench/chromium.ts';
import { THEMES, themeStyleSheet, type ThemeName } from './theme-variables.ts';

const ORIGIN = 'http://dashboard.test';
const CODICONS = new URL('../../node_modules/@vscode/codicons/dist/', import.meta.url);

/** The policy of `src/extension/dashboard/dashboard-page.ts`, with this page's own origin for the webview's. */
const POLICY = [
  "default-src 'none'",
  `script-src ${ORIGIN}`,
  `style-src ${ORIGIN}`,
  `font-src ${ORIGIN}`,
].join('; ');

/** What the page's functions use of a browser; this file is compiled for Node. */
interface BrowserScope {
  sentToExtension: DashboardRequest[];
  savedState(): Record<string, unknown>;
  dispatchEvent(event: MessageEvent): void;
  requestAnimationFrame(action: () => void): void;
}

export interface PageOptions {
  theme?: ThemeName;
  width?: number;
  height?: number;
  /** What the page had saved when it was last shown. */
  state?: unknown;
  forcedColors?: boolean;
}

export class DashboardPage {
  readonly page: Page;
  /** Whatever went wrong in the page: errors, and what the content security policy forbade. */
  readonly faults: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
  }

  static async open(browser: Browser, bundle: PageBundle, options: PageOptions = {}): Promise<DashboardPage> {
    const { theme = 'dark', width = 1280, height = 900 } = options;
    const page = await browser.newPage({
      viewport: { width, height },
      ...(options.forcedColors ? { forcedColors: 'active' as const } : {}),
    });
    const opened = new DashboardPage(page);
    const files = new Map<string, { body: string | Buffer; contentType: string }>([
      ['/', { body: frame(THEMES[theme].bodyClass), contentType: 'text/html' }],
      ['/theme.css', { body: themeStyleSheet(theme), contentType: 'text/css' }],
      ['/dashboard.js', { body: bundle.script, contentType: 'text/javascript' }],
      ['/dashboard.css', { body: bundle.styles, contentType: 'text/css' }],
      ['/codicon.css', { body: await readFile(new URL('codicon.css', CODICONS)), contentType: 'text/css' }],
      ['/codicon.ttf', { body: await readFile(new URL('codicon.ttf', CODICONS)), contentType: 'font/ttf' }],
    ]);
    await page.route(`${ORIGIN}/**`, (route) => {
      const file = files.get(new URL(route.request().url()).pathname);
      return file ? route.fulfill(file) : route.fulfill({ status: 204 });
    });
    await page.addInitScript((state) => {
      const scope = globalThis as unknown as Record<string, unknown>;
      const sent: unknown[] = [];
      let saved: unknown = state;
      scope['sentToExtension'] = sent;
      scope['savedState'] = () => saved;
      scope['acquireVsCodeApi'] = () => ({
        postMessage: (message: unknown) => sent.push(message),
        getState: () => saved,
        setState: (next: unknown) => {
          saved = next;
        },
      });
    }, options.state);
    await page.goto(`${ORIGIN}/`);
    return opened;
  }

  /** What the page has sent so far. */
  async sent(): Promise<DashboardRequest[]> {
    return this.page.evaluate(() => (globalThis as unknown as BrowserScope).sentToExtension);
  }

  async saved(): Promise<Record<string, unknown>> {
    return this.page.evaluate(() => (globalThis as unknown as BrowserScope).savedState());
  }

  /** The extension tells the page something; resolves when the page has drawn it. */
  async tell(message: DashboardMessage): Promise<void> {
    await this.page.evaluate(async (data) => {
      const scope = globalThis as unknown as BrowserScope;
      scope.dispatchEvent(new MessageEvent('message', { data }));
      await new Promise<void>((drawn) => {
        scope.requestAnimationFrame(() => scope.requestAnimationFrame(() => drawn()));
      });
    }, message);
  }
}

export interface PageBundle {
  script: string;
  styles: string;
}

/** The page as `build.ts` makes it, kept in memory. */
export async function bundlePage(): Promise<PageBundle> {
  const { outputFiles } = await build({
    entryPoints: [new URL('../../webview/dashboard.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    outdir: 'out',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    legalComments: 'none',
  });
  const textOf = (extension: string): string =>
    outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  return { script: textOf('.js'), styles: textOf('.css') };
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
}

function frame(bodyClass: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <link rel="stylesheet" href="/theme.css" />
    <link rel="stylesheet" href="/codicon.css" />
    <link rel="stylesheet" href="/dashboard.css" />
    <title>Nightcrew</title>
  </head>
  <body class="${bodyClass}">
    <crew-dashboard></crew-dashboard>
    <script type="module" src="/dashboard.js"></script>
  </body>
</html>`;
}
