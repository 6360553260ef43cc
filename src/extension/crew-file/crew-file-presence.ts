import * as vscode from 'vscode';
import { Emitter } from '../emitter.ts';
import { folderOf } from '../link-state.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { CREW_FILE_NAME } from './crew-file-name.ts';

/** Whether the workspace has a crew file, known also while no supervisor lives to say so. */
export class CrewFilePresence {
  readonly #changes = new Emitter<boolean>();
  readonly #stop: () => void;
  #folder: string | undefined;
  #watcher: vscode.Disposable | undefined;
  #exists = false;

  constructor(link: SupervisorLink) {
    this.#stop = link.onDidChange(({ state, delta }) => {
      if (!delta) this.#follow(folderOf(state));
    });
  }

  get exists(): boolean {
    return this.#exists;
  }

  onDidChange(listener: (exists: boolean) => void): () => void {
    return this.#changes.on(listener);
  }

  dispose(): void {
    this.#stop();
    this.#watcher?.dispose();
    this.#changes.clear();
  }

  #follow(folder: string | undefined): void {
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.#watcher?.dispose();
    this.#watcher = undefined;
    if (folder === undefined) {
      this.#set(false);
      return;
    }
    const uri = vscode.Uri.file(folder);
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(uri, CREW_FILE_NAME),
      false,
      true,
      false,
    );
    watcher.onDidCreate(() => this.#set(true));
    watcher.onDidDelete(() => this.#set(false));
    this.#watcher = watcher;
    vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, CREW_FILE_NAME)).then(
      () => {
        if (folder === this.#folder) this.#set(true);
      },
      () => {
        if (folder === this.#folder) this.#set(false);
      },
    );
  }

  #set(exists: boolean): void {
    if (exists === this.#exists) return;
    this.#exists = exists;
    this.#changes.emit(exists);
  }
}
