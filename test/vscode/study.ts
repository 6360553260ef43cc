/** The folder that a window is open on, with a runtime folder of its own, and what its supervisor says when asked beside VS Code. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { connect } from '../../src/control/connect.ts';
import { ControlError, ControlErrorCode } from '../../src/control/control-error.ts';
import type { CrewState } from '../../src/control/crew-state.ts';
import { waitFor } from '../wait-for.ts';
import { repositoryRoot } from './workbench/locations.ts';

export class Study {
  readonly folder: string;
  readonly runtime: string;
  readonly #root: string;

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), 'nightcrew-study-'));
    this.folder = join(this.#root, 'study');
    this.runtime = join(this.#root, 'runtime');
    mkdirSync(this.folder);
    mkdirSync(this.runtime, { mode: 0o700 });
  }

  /** Undefined while no supervisor lives. */
  async state(): Promise<CrewState | undefined> {
    const client = await this.connect();
    if (!client) return undefined;
    try {
      return await client.request('status', {});
    } finally {
      client.close();
    }
  }

  /** Whether no supervisor lives any more; one that is ending says so to whoever asks it. */
  async isGone(): Promise<boolean> {
    try {
      return (await this.state()) === undefined;
    } catch (error) {
      if (error instanceof ControlError && error.code === ControlErrorCode.ending) return false;
      throw error;
    }
  }

  /** Waits for a state of a crew that has a supervisor, or is just getting one. */
  async until(what: string, condition: (state: CrewState) => boolean, seconds = 30): Promise<CrewState> {
    let client: ControlClient | undefined;
    let state: CrewState | undefined;
    const isSo = async (): Promise<boolean> => {
      client ??= await this.connect();
      state = await client?.request('status', {});
      return state !== undefined && condition(state);
    };
    try {
      await waitFor(what, isSo, { seconds, seen: () => JSON.stringify(state?.workers, undefined, 1) });
    } finally {
      client?.close();
    }
    return state!;
  }

  /** Ends the crew, if it lives, and removes the folder. */
  async end(): Promise<void> {
    const client = await this.connect();
    if (client) {
      const closed = new Promise<void>((resolve) => client.onClose(resolve));
      await client.request('down', { mode: 'abort' });
      await closed;
    }
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Undefined while no supervisor lives. */
  connect(): Promise<ControlClient | undefined> {
    return connect({
      workspace: this.folder,
      client: 'test',
      distribution: join(repositoryRoot, 'dist'),
      environment: { ...process.env, NIGHTCREW_RUNTIME_DIR: this.runtime },
    });
  }
}
