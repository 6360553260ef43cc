/**
 * A child process together with what it starts, ended as one. The server forks extension hosts and a terminal host;
 * ending only the server would leave them.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** Time for the server to save what it has before it is killed. */
const graceMs = 5_000;

const live = new Set<ProcessGroup>();
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let guarded = false;

export class ProcessGroup {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;

  constructor(
    command: string,
    commandArguments: string[],
    options: Pick<SpawnOptions, 'cwd' | 'env' | 'shell'>,
  ) {
    guardOwnEnd();
    this.child = spawn(command, commandArguments, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, so one signal reaches the children too. On Windows it would open a console instead.
      detached: process.platform !== 'win32',
    });
    live.add(this);
    this.exited = once(this.child, 'exit').then(
      () => this.#leaderIsGone(),
      () => this.#leaderIsGone(),
    );
  }

  /** Asks the group to end, then kills what is left. Does nothing when it has ended already. */
  async end(): Promise<void> {
    if (!live.has(this)) return;
    this.signal('SIGTERM');
    const deadline = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(deadline);
  }

  signal(name: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined || !live.has(this)) return;
    try {
      if (process.platform === 'win32') this.child.kill(name);
      else process.kill(-pid, name);
    } catch {
      // The group is gone already.
    }
  }

  /** Ends children that outlived their parent, at once: later the group's number may belong to somebody else. */
  #leaderIsGone(): void {
    this.signal('SIGKILL');
    live.delete(this);
  }
}

/** A group of its own does not get the terminal's Ctrl-C, and nothing ends it when a test run is aborted: so we do. */
function guardOwnEnd(): void {
  if (guarded) return;
  guarded = true;
  process.once('exit', () => live.forEach((group) => group.signal('SIGKILL')));
  for (const name of endingSignals) {
    // First in line, so that a listener for one signal only still counts; and it stays, for the second Ctrl-C.
    process.prependListener(name, () => {
      // With another listener the program ends itself in order.
      if (process.listenerCount(name) === 1) process.exit(128 + constants.signals[name]);
    });
  }
}
