/** Code lenses in the crew file. They come from the extension, which follows the supervisor anyway. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import { Coalescer } from '../coalescer.ts';
import { crewOf } from '../link-state.ts';
import type { SupervisorLink } from '../supervisor-link.ts';
import { lensTexts } from './crew-file-lens-text.ts';
import { crewFileOutline } from './crew-file-outline.ts';
import { CREW_FILE_NAME } from './crew-file-name.ts';

/** Milliseconds between two redraws: lenses move the text, so they should not twitch. */
const REFRESH_INTERVAL = 1000;

export class CrewFileLenses implements vscode.CodeLensProvider {
  readonly #changes = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changes.event;
  readonly #link: SupervisorLink;
  readonly #refreshes = new Coalescer(systemClock, REFRESH_INTERVAL, () => this.#refresh());
  readonly #stop: () => void;
  readonly #registration: vscode.Disposable;
  #drawn = '';

  constructor(link: SupervisorLink) {
    this.#link = link;
    this.#stop = link.onDidChange(() => this.#refreshes.request());
    this.#registration = vscode.languages.registerCodeLensProvider(
      { scheme: 'file', pattern: `**/${CREW_FILE_NAME}` },
      this,
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { state } = this.#link;
    // In Restricted Mode a lens would offer what is then refused.
    if (state.kind === 'noWorkspace' || !state.place.trusted) return [];
    if (document.uri.fsPath !== join(state.place.folder, CREW_FILE_NAME)) return [];
    const lenses = this.#lenses(document);
    this.#drawn = textOf(lenses);
    return lenses;
  }

  dispose(): void {
    this.#stop();
    this.#refreshes.cancel();
    this.#registration.dispose();
    this.#changes.dispose();
  }

  #lenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const crew = crewOf(this.#link.state);
    return crewFileOutline(document.getText()).flatMap((entry) => {
      const range = document.lineAt(entry.line).range;
      return lensTexts(entry, crew).map((text) => new vscode.CodeLens(range, text));
    });
  }

  /** Asks VS Code to draw again only if a text would be another one. */
  #refresh(): void {
    const document = vscode.window.visibleTextEditors
      .map((editor) => editor.document)
      .find(({ uri }) => uri.path.endsWith(`/${CREW_FILE_NAME}`));
    if (document && textOf(this.#lenses(document)) !== this.#drawn) this.#changes.fire();
  }
}

function textOf(lenses: vscode.CodeLens[]): string {
  return lenses.map(({ command }) => command?.title).join('\n');
}
