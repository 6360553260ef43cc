/** What a command works with: its workspace, its terminal and the way to the supervisor. */
import { ControlError, ControlErrorCode } from '../control/control-error.ts';
import type { ControlClient } from '../control/client-contract.ts';
import type { Clock } from '../core/clock.ts';
import { CliError } from './cli-error.ts';
import { ExitCode } from './exit-code.ts';
import { startLines } from './start-lines.ts';
import type { Host, StartOptions } from './host.ts';
import type { Terminal } from './terminal.ts';

export class CommandContext {
  readonly host: Host;
  /** Absolute path. */
  readonly workspace: string;
  readonly #open = new Set<ControlClient>();

  constructor(host: Host, workspace: string) {
    this.host = host;
    this.workspace = workspace;
  }

  get terminal(): Terminal {
    return this.host.terminal;
  }

  get clock(): Clock {
    return this.host.clock;
  }

  /** The supervisor that lives, or undefined. */
  async connectIfAlive(): Promise<ControlClient | undefined> {
    return this.#opening(() => this.host.connect(this.workspace));
  }

  /** The supervisor that lives; commands that only look or end something never start one. */
  async connect(): Promise<ControlClient> {
    const client = await this.connectIfAlive();
    if (client) return client;
    throw new CliError(ExitCode.noSupervisor, `No supervisor is running for ${this.workspace}.`, {
      nextStep:
        '`nightcrew up` starts the crew, `nightcrew run` works its crew file off, `nightcrew up --no-workers` shows the jobs ' +
        'of an earlier run; for another workspace, go to its folder or add -C <folder>.',
    });
  }

  /** Of a supervisor that had to be started it is told what became of the crew before. */
  async connectOrStart(how: StartOptions = {}): Promise<ControlClient> {
    const asked = this.clock.now();
    const client = (await this.#opening(() => this.host.connectOrStart(this.workspace, how)))!;
    if (client.server.startedAt >= asked) {
      const state = await client.request('status', {});
      // Not to stdout, where a script looks for the command's own answer.
      for (const line of startLines(state, this.terminal.errorColors)) this.terminal.printError(line);
    }
    return client;
  }

  /** Closes the connections; a process with an open one would not end. */
  close(): void {
    for (const client of this.#open) client.close();
    this.#open.clear();
  }

  async #opening(open: () => Promise<ControlClient | undefined>): Promise<ControlClient | undefined> {
    try {
      const client = await open();
      if (client) this.#open.add(client);
      return client;
    } catch (error) {
      throw unreachable(error);
    }
  }
}

/** A supervisor that cannot be started or reached is not a fault of the command line. */
function unreachable(error: unknown): unknown {
  if (!(error instanceof ControlError) || error.code === ControlErrorCode.notFound) return error;
  return new CliError(ExitCode.noSupervisor, error.message, {
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.nextStep === undefined ? {} : { nextStep: error.nextStep }),
  });
}
