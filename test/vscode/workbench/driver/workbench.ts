/** The driver of one window: what a test says to VS Code, in the words of its user interface. */
import type { Frame, Page } from 'playwright-core';
import { WorkbenchWindow, type WindowOptions } from '../page.ts';
import { WorkbenchServer, type ServerOptions, type WindowTarget } from '../server.ts';
import type { WaitOptions } from '../wait-for.ts';
import { ActivityBar } from './activity-bar.ts';
import { Dialogs } from './dialogs.ts';
import { Editors } from './editors.ts';
import { Notifications } from './notifications.ts';
import { QuickInput } from './quick-input.ts';
import { takeScreenshot } from './screenshot.ts';
import { StatusBar } from './status-bar.ts';
import { showTheme, type Theme } from './theme.ts';
import { TreeView } from './tree-view.ts';
import { findWebview, findWebviewWith } from './webview.ts';
import { WorkspaceTrust } from './workspace-trust.ts';

export class Workbench {
  readonly window: WorkbenchWindow;
  readonly page: Page;
  readonly server: WorkbenchServer;
  readonly quickInput: QuickInput;
  readonly dialogs: Dialogs;
  readonly activityBar: ActivityBar;
  readonly statusBar: StatusBar;
  readonly notifications: Notifications;
  readonly editors: Editors;
  readonly trust: WorkspaceTrust;
  readonly #ownsServer: boolean;

  private constructor(window: WorkbenchWindow, ownsServer: boolean) {
    const { page } = window;
    this.window = window;
    this.page = page;
    this.server = window.server;
    this.quickInput = new QuickInput(page);
    this.dialogs = new Dialogs(page);
    this.activityBar = new ActivityBar(page);
    this.statusBar = new StatusBar(page);
    this.notifications = new Notifications(page);
    this.editors = new Editors(page);
    this.trust = new WorkspaceTrust(page);
    this.#ownsServer = ownsServer;
  }

  /** A server and one window; `close` ends both. */
  static async launch(options: ServerOptions & WindowOptions = {}): Promise<Workbench> {
    const server = await WorkbenchServer.start(options);
    try {
      return new Workbench(await WorkbenchWindow.open(server, options), true);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** One more window on the same server, in the same browser; its `close` ends only itself. */
  async openWindow(target: WindowTarget = {}): Promise<Workbench> {
    const browser = this.page.context();
    return new Workbench(await WorkbenchWindow.open(this.server, { ...target, browser }), false);
  }

  /** Runs a command by the title that the palette shows, for example `Nightcrew: Add Worker`. */
  runCommand(title: string): Promise<void> {
    return this.quickInput.runCommand(title);
  }

  /** A tree view by its title. Its container must be open: `activityBar.open(…)`. */
  tree(title: string): TreeView {
    return new TreeView(this.page, title);
  }

  /** Waits for the webview with this title and returns the frame of its document. */
  webview(title: string, options?: WaitOptions): Promise<Frame> {
    return findWebview(this.page, title, options);
  }

  /** The same, once its document shows this text. */
  webviewWith(title: string, text: string | RegExp, options?: WaitOptions): Promise<Frame> {
    return findWebviewWith(this.page, title, text, options);
  }

  /** Switches the colour theme of all windows of the server. */
  showTheme(theme: Theme): Promise<void> {
    return showTheme(this.window, theme);
  }

  /** Writes `test-output/screenshots/<name>.png` and returns its path. */
  screenshot(name: string): Promise<string> {
    return takeScreenshot(this.page, name);
  }

  /** "Reload Window". */
  reload(): Promise<void> {
    return this.window.reload();
  }

  async close(): Promise<void> {
    await this.window.close();
    if (this.#ownsServer) await this.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
