/** The dashboard's panel. There is one at most; after a reload VS Code gives it back through the serializer. */
import * as vscode from 'vscode';
import type { DashboardMessage, DashboardRequest } from '../../../webview/messages.ts';
import { systemClock } from '../../core/clock.ts';
import { CommandId, DASHBOARD_VIEW_TYPE } from '../contributions.ts';
import type { Situation } from '../situation.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { commandArguments } from './command-arguments.ts';
import { DashboardFeed } from './dashboard-feed.ts';
import { dashboardPage } from './dashboard-page.ts';
import { DashboardTrends } from './dashboard-trends.ts';

export interface DashboardOptions {
  link: SupervisorLink;
  /** Folder with the built page. */
  distribution: vscode.Uri;
  icon: { light: vscode.Uri; dark: vscode.Uri };
  situation(): Situation;
}

/** What keeps one page up to date. */
interface PageParts {
  feed: DashboardFeed;
  trends: DashboardTrends;
}

export class Dashboard implements vscode.WebviewPanelSerializer {
  readonly #options: DashboardOptions;
  readonly #serializer: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, this);
  }

  open(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    this.#fill(vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, 'Nightcrew', vscode.ViewColumn.Active));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel) panel.dispose();
    else this.#fill(panel);
  }

  /** Leaves the panel: when the window reloads, VS Code keeps it and hands it to the serializer of the next run. */
  dispose(): void {
    this.#serializer.dispose();
  }

  #fill(panel: vscode.WebviewPanel): void {
    const { link, distribution, icon, situation } = this.#options;
    this.#panel = panel;
    panel.iconPath = icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [distribution] };
    const post = (message: DashboardMessage): void => void panel.webview.postMessage(message);
    const clock = systemClock;
    const page = {
      feed: new DashboardFeed({ clock, post, state: () => link.state, situation }, panel.visible),
      trends: new DashboardTrends(
        { clock, post, client: () => (link.state.kind === 'connected' ? link.state.client : undefined) },
        panel.visible,
      ),
    };
    const stop = link.onDidChange((change) => {
      page.feed.update(change);
      if (!change.delta) page.trends.refresh();
    });
    const listening = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((request: DashboardRequest) => this.#receive(request, page)),
      panel.onDidChangeViewState(() => {
        page.feed.setVisible(panel.visible);
        page.trends.setVisible(panel.visible);
      }),
      { dispose: stop },
      page.feed,
      page.trends,
    );
    panel.onDidDispose(() => {
      listening.dispose();
      this.#panel = undefined;
    });
    panel.webview.html = dashboardPage(panel.webview, distribution);
  }

  async #receive(request: DashboardRequest, { feed, trends }: PageParts): Promise<void> {
    switch (request.type) {
      case 'ready':
        feed.ready();
        trends.ready();
        return;
      case 'refresh':
        await this.#options.link.refresh().catch(() => undefined);
        feed.snapshot();
        trends.refresh();
        return;
      case 'command':
        if (!knownCommands.has(request.command)) return;
        await vscode.commands.executeCommand(request.command, ...commandArguments(request.about));
    }
  }
}

const knownCommands = new Set<string>(Object.values(CommandId));
