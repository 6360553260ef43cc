/**
 * Notices a supervisor that something else started, a terminal or another window, while this window knows of none. It
 * follows signs instead of polling: the lease that every supervisor takes, and the window getting the focus.
 */
import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { runtimeFolder } from '../control/runtime-folder.ts';
import { folderOf, isAtRest, type LinkState } from './link-state.ts';
import type { SupervisorLink } from './supervisor-link.ts';

export class SupervisorSighting {
  readonly #link: SupervisorLink;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;
  #watcher: FSWatcher | undefined;
  #watched: string | undefined;

  constructor(link: SupervisorLink, log: vscode.LogOutputChannel) {
    this.#link = link;
    this.#log = log;
    const stop = link.onDidChange(({ state, delta }) => {
      if (!delta) this.#follow(state);
    });
    this.#subscriptions = vscode.Disposable.from(
      { dispose: stop },
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) void link.probe();
      }),
    );
    this.#follow(link.state);
  }

  dispose(): void {
    this.#watcher?.close();
    this.#subscriptions.dispose();
  }

  #follow(state: LinkState): void {
    const folder = isAtRest(state) ? folderOf(state) : undefined;
    if (folder === this.#watched) return;
    this.#watched = folder;
    this.#watcher?.close();
    this.#watcher = folder === undefined ? undefined : this.#watchLease(folder);
  }

  #watchLease(folder: string): FSWatcher | undefined {
    try {
      const { leaseFile } = runtimeFolder(folder);
      const watcher = watch(dirname(leaseFile), { persistent: false }, (_event, name) => {
        if (name === null || name === basename(leaseFile)) void this.#link.probe();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch (error) {
      // The focus remains as a sign; and a command that needs the folder will say what is wrong with it.
      this.#log.warn(`Supervisors started elsewhere are noticed late: ${String(error)}`);
      return undefined;
    }
  }
}
