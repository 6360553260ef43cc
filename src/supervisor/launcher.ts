/** Starts a worker's process: its command, its environment with the launch token, and the record of it. */
import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { PoolSettings } from '../core/pool.ts';
import { KeeperError } from '../keeper/contract.ts';
import { LAUNCH_MARKER_VARIABLE } from '../keeper/process-tree.ts';
import { EnvironmentVariable } from '../protocol/generated/messages.ts';
import type { Store } from '../store/contract.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { Log } from './log.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';
import { launchToken } from './worker-messages.ts';

interface Parts {
  store: Store;
  roster: Roster;
  keeper: KeeperLink;
  clock: Clock;
  log: Log;
  workspace: string;
  logFolder: string;
  /** Folder with `command-worker.js` and `sdk/`. */
  distribution: string;
  tokenSecret: () => string;
}

export class Launcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  logFile(worker: Worker): string {
    return join(this.#parts.logFolder, `worker_${worker.id}.log`);
  }

  /** Starts the worker; resolves when its process is there, or when it is FAILED because it could not be started. */
  async launch(worker: Worker, pool: PoolSettings, reason: string): Promise<void> {
    const { store, roster, keeper, clock } = this.#parts;
    const command = this.#command(pool);
    const from = worker.launch === 0 ? null : worker.state;
    roster.hold(worker, undefined);
    worker.beginLaunch(worker.launch + 1);
    worker.launchedAt = clock.now();
    worker.startupDeadline = clock.monotonic() + pool.startup * 1000;
    store.append({ type: 'worker.launched', worker: worker.id, launch: worker.launch, command });
    roster.transition(worker, 'STARTING', reason, from);
    const { launch } = worker;
    try {
      store.write();
      const client = await keeper.ensure();
      // Given up with its keeper, and perhaps launched again, while another keeper was started.
      if (worker.launch !== launch || worker.state !== 'STARTING') return;
      const kept = await client.spawn({
        worker: worker.id,
        launch,
        command,
        cwd: this.#parts.workspace,
        env: this.#environment(worker, pool),
        logFile: this.logFile(worker),
      });
      if (worker.launch !== launch || worker.state !== 'STARTING') {
        // Its keeper was lost meanwhile and it was given up: nobody would know of this process.
        await client.killTree(kept.handle).catch(() => undefined);
        await client.forget(kept.handle).catch(() => undefined);
        return;
      }
      worker.process = kept.identity;
      roster.hold(worker, kept.handle);
      store.append({ type: 'worker.spawned', worker: worker.id, launch, process: kept.identity });
      // Told to end before there was a process to end.
      if (worker.ending?.forced) await client.killTree(kept.handle);
    } catch (error) {
      // The keeper died under it. It stays STARTING: `adoptWorkers` finds it without a process and starts it again.
      if (error instanceof KeeperError && error.code === 'ECONNRESET') return;
      const why = launchProblem(error, command[0] ?? '', pool);
      this.#parts.log.warn(`${worker.id} could not be started: ${why}`);
      if (worker.launch !== launch || worker.state !== 'STARTING') return;
      worker.lastError = why;
      worker.ending = undefined;
      roster.transition(worker, 'FAILED', why);
    }
  }

  #command(pool: PoolSettings): string[] {
    if (pool.protocol === 'worker') return pool.command;
    return [process.execPath, join(this.#parts.distribution, 'command-worker.js'), '--', ...pool.command];
  }

  #environment(worker: Worker, pool: PoolSettings): Record<string, string> {
    const { distribution, workspace, tokenSecret } = this.#parts;
    const environment: Record<string, string> = {};
    for (const [name, value] of Object.entries(process.env)) {
      if (value !== undefined && !isOurs(name)) environment[name] = value;
    }
    Object.assign(environment, pool.env);
    // The SDKs work without being installed; one that the researcher installed comes first in Python's own order.
    environment['PYTHONPATH'] = joinPath(environment['PYTHONPATH'], join(distribution, 'sdk', 'python'));
    environment['NODE_PATH'] = joinPath(environment['NODE_PATH'], join(distribution, 'sdk', 'node'));
    // A log that shows a print only when a buffer is full is no log.
    environment['PYTHONUNBUFFERED'] ??= '1';
    if (pool.protocol === 'command' && process.versions['electron'])
      environment['ELECTRON_RUN_AS_NODE'] = '1';
    environment[EnvironmentVariable.token] = launchToken(tokenSecret(), worker.id, worker.launch);
    environment[EnvironmentVariable.workerId] = worker.id;
    environment[EnvironmentVariable.pool] = worker.pool;
    environment[EnvironmentVariable.workspace] = workspace;
    environment[LAUNCH_MARKER_VARIABLE] = launchMarker(workspace, worker.id, worker.launch);
    return environment;
  }
}

/** What every process of one launch of a worker carries; known also to a supervisor that did not launch it. No secret. */
export function launchMarker(workspace: string, worker: string, launch: number): string {
  return createHash('sha256').update(`${workspace}\n${worker}\n${launch}`).digest('hex').slice(0, 32);
}

/** What our own processes pass to each other, and what VS Code sets for its extension host, is not for workers. */
function isOurs(name: string): boolean {
  return name.startsWith('NIGHTCREW_') || name.startsWith('VSCODE_') || name === 'ELECTRON_RUN_AS_NODE';
}

function joinPath(known: string | undefined, added: string): string {
  return known ? `${known}${delimiter}${added}` : added;
}

function launchProblem(error: unknown, program: string, pool: PoolSettings): string {
  if (error instanceof KeeperError && error.code === 'ENOENT') {
    return `command not found: ${program} (pool ${pool.name}); install it or correct the pool's command in nightcrew.yaml`;
  }
  if (error instanceof KeeperError && error.code === 'EACCES') {
    return `${program} may not be executed (pool ${pool.name}); make it executable or start it by its interpreter`;
  }
  return (error as Error).message;
}
