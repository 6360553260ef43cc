/**
 * Notices a supervisor that something else started, a terminal or another window, while this window knows of none. It
 * follows signs instead of polling: files that appear in `.nightcrew/`, and the window getting the focus.
 */
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../core/clock.ts';
import type { LinkState } from './link-state.ts';
import type { SupervisorLink } from './supervisor-link.ts';

/** Milliseconds that signs are gathered before one look: a start writes several files. */
const GATHER = 300;

export class SupervisorSighting {
  readonly #link: SupervisorLink;
  readonly #subscriptions: vscode.Disposable;
  #watchers: FSWatcher[] = [];
  #watched: string | undefined;
  #cancelLook: (() => void) | undefined;

  constructor(link: SupervisorLink) {
    this.#link = link;
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
    this.#unwatch();
    this.#subscriptions.dispose();
  }

  #follow(state: LinkState): void {
    const resting = state.kind === 'stopped' || state.kind === 'untrusted' || state.kind === 'readOnly';
    const folder = resting ? state.place.folder : undefined;
    if (folder === this.#watched) return;
    this.#unwatch();
    this.#watched = folder;
    if (folder === undefined) return;
    this.#watch(folder, (name) => {
      if (name !== '.nightcrew') return;
      this.#watch(join(folder, '.nightcrew'), () => this.#lookSoon());
      this.#lookSoon();
    });
    this.#watch(join(folder, '.nightcrew'), () => this.#lookSoon());
  }

  /** A folder that is not there, or a file system that tells nothing, leaves the window's focus as the sign. */
  #watch(folder: string, onSign: (name: string | null) => void): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => onSign(name));
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      return;
    }
  }

  #lookSoon(): void {
    this.#cancelLook ??= systemClock.after(GATHER, () => {
      this.#cancelLook = undefined;
      void this.#link.probe();
    });
  }

  #unwatch(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}
