/** One server of VS Code, with a window that stays; crews in a runtime folder of their own, and windows that are opened on them. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildVersion } from '../../supervisor/build-version.ts';
import { makeLedgerCrew } from '../../supervisor/ledger-crew.ts';
import type { TemporaryCrew } from '../../supervisor/temporary-crew.ts';
import { Workbench } from '../workbench/driver/workbench.ts';
import { repositoryRoot } from '../workbench/locations.ts';
import { makeBusy } from './recovering-crew.ts';

const crewFile = 'pools: { tag: { command: python3 ledger.py, workers: 2, grace: 1s } }';

/** Folders of builds: of 0.0.9, with the same control protocol as this one; and a newer one with newer control and tables. */
export interface Versions {
  older: string;
  newer: string;
}

export class RecoveryScene {
  /** The first window, open on the crew that is killed; it owns the server. */
  readonly code: Workbench;
  readonly killed: TemporaryCrew;
  readonly versions: Versions;
  readonly #root: string;
  readonly #crews: TemporaryCrew[];
  /** Of the step that goes on. */
  #windows: Workbench[] = [];
  readonly #kept: Workbench[] = [];

  private constructor(root: string, killed: TemporaryCrew, code: Workbench, versions: Versions) {
    this.#root = root;
    this.#crews = [killed];
    this.killed = killed;
    this.code = code;
    this.versions = versions;
  }

  static async begin(): Promise<RecoveryScene> {
    const root = mkdtempSync(join(tmpdir(), 'nightcrew-recovery-'));
    mkdirSync(runtimeIn(root), { mode: 0o700 });
    const killed = makeLedgerCrew(crewFile, undefined, runtimeIn(root));
    try {
      const [code, older, newer] = await Promise.all([
        Workbench.launch({
          extensionDevelopmentPath: repositoryRoot,
          folder: killed.workspace,
          workspaceTrust: false,
          env: { NIGHTCREW_RUNTIME_DIR: runtimeIn(root) },
          label: 'recovery',
        }),
        buildVersion({ product: '0.0.9', control: 1 }, join(root, 'older')),
        buildVersion({ product: '100.0.0', control: 2, newerSchema: true }, join(root, 'newer')),
        makeBusy(killed),
      ]);
      await code.activityBar.open('Nightcrew');
      return new RecoveryScene(root, killed, code, { older, newer });
    } catch (error) {
      // It would outlive the test.
      await killed[Symbol.asyncDispose]().catch(() => undefined);
      throw error;
    }
  }

  makeCrew(place?: string): TemporaryCrew {
    const crew = makeLedgerCrew(crewFile, place, runtimeIn(this.#root));
    this.#crews.push(crew);
    return crew;
  }

  /** Ends a crew before the others. */
  async end(crew: TemporaryCrew): Promise<void> {
    this.#crews.splice(this.#crews.indexOf(crew), 1);
    await crew[Symbol.asyncDispose]();
  }

  /** A window with the Nightcrew views on this crew, until the step has ended. */
  async openOn(crew: TemporaryCrew): Promise<Workbench> {
    const window = await this.code.openWindow({ folder: crew.workspace });
    this.#windows.push(window);
    await window.activityBar.open('Nightcrew');
    return window;
  }

  /** Lets the window outlive its step. */
  keepOpen(window: Workbench): void {
    this.#windows = this.#windows.filter((other) => other !== window);
    this.#kept.push(window);
  }

  async closeWindows(): Promise<void> {
    for (const window of this.#windows.splice(0)) await window.close();
  }

  /** A picture of each window that is open. */
  async picture(label: string): Promise<void> {
    const windows = [this.code, ...this.#windows, ...this.#kept];
    for (const [index, window] of windows.entries()) await window.screenshot(`${label}-${index}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeWindows();
    for (const window of this.#kept) await window.close();
    await this.code.close();
    // What one of them leaves behind must not keep the others from being ended.
    const ends = await Promise.allSettled(this.#crews.map((crew) => crew[Symbol.asyncDispose]()));
    assert.deepEqual(
      ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : [])),
      [],
    );
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function runtimeIn(root: string): string {
  return join(root, 'r');
}
