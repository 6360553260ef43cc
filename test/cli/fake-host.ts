/** Surroundings of a command line without a process, a terminal or a supervisor. */
import type { ExitCode } from '../../src/cli/exit-code.ts';
import type { Host, InterruptSignal } from '../../src/cli/host.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { ControlClient } from '../../src/control/client-contract.ts';
import { ManualClock } from '../manual-clock.ts';
import { collectSettings, type GivenSetting } from '../../src/core/settings.ts';
import { NOON } from '../extension/scripted-crew.ts';
import { FakeTerminal } from './fake-terminal.ts';

export class FakeHost implements Host {
  readonly terminal = new FakeTerminal();
  readonly clock = new ManualClock(NOON);
  readonly version = '1.2.3';
  folder: string;
  /** The supervisor that lives. */
  alive: ControlClient | undefined;
  /** The one that is started when none lives. */
  startable: ControlClient | undefined;
  started = 0;
  /** Why the supervisor that lives cannot be worked with. */
  refusal: Error | undefined;
  /** Of its environment. */
  environment: Record<string, string> = {};
  readonly settings = (): GivenSetting[] => collectSettings(() => undefined, this.environment);
  readonly #signals = new Map<InterruptSignal, Set<() => void>>();

  constructor(folder: string) {
    this.folder = folder;
  }

  async connect(): Promise<ControlClient | undefined> {
    if (this.refusal) throw this.refusal;
    return this.alive;
  }

  async connectOrStart(): Promise<ControlClient> {
    if (this.alive) return this.alive;
    if (!this.startable) throw new Error('The test did not expect a supervisor to be started.');
    this.started += 1;
    this.alive = this.startable;
    return this.alive;
  }

  async startHttp(): Promise<never> {
    throw new Error('The test did not expect an HTTP service to be started.');
  }

  onSignal(signal: InterruptSignal, listener: () => void): () => void {
    const listeners = this.#signals.get(signal) ?? new Set();
    this.#signals.set(signal, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Whether somebody waits for the signal; without, it would end the process. */
  handles(signal: InterruptSignal): boolean {
    return (this.#signals.get(signal)?.size ?? 0) > 0;
  }

  signal(signal: InterruptSignal): void {
    for (const listener of this.#signals.get(signal) ?? []) listener();
  }

  /** Carries out a command line, words separated by spaces. */
  run(line: string): Promise<ExitCode> {
    return runCommandLine(
      line.split(' ').filter((word) => word !== ''),
      this,
    );
  }
}
