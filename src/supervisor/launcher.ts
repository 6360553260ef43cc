/** Starts a worker's process: its command, its environment with the launch token, and the record of it. */
import { delimiter, join } from 'node:path';
import type { AdmissionRefusal } from '../core/admission.ts';
import type { Clock } from '../core/clock.ts';
import { launchSettings } from '../core/launch-settings.ts';
import type { PoolSettings } from '../core/pool.ts';
import { KeeperError } from '../keeper/contract.ts';
import { launchMarker } from '../keeper/launch-marker.ts';
import { LAUNCH_MARKER_VARIABLE } from '../keeper/process-tree.ts';
import { EnvironmentVariable } from '../protocol/generated/messages.ts';
import { StoreError } from '../store/store-error.ts';
import type { Admission } from './admission.ts';
import type { Changes } from './changes.ts';
import type { DiskGate } from './disk-gate.ts';
import type { KeeperLink } from './keeper-link.ts';
import type { Log } from './log.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';
import { launchToken } from './launch-token.ts';

interface Parts {
  store: Pick<DiskGate, 'append' | 'write' | 'written'>;
  roster: Roster;
  changes: Changes;
  admission: Pick<Admission, 'judge'>;
  pools: PoolRegister;
  keeper: KeeperLink;
  clock: Clock;
  log: Log;
  workspace: string;
  logFolder: () => string;
  /** Folder with `command-worker.js` and `sdk/`. */
  distribution: string;
  tokenSecret: () => string;
  /** It could not be started now; later it may be. */
  failed: (worker: Worker) => void;
}

export interface LaunchResult {
  /** False: nothing was started, because of the refusal. */
  started: boolean;
  /** There was no room for it; it may have been started all the same. */
  refusal?: AdmissionRefusal;
}

/** There is no keeper at the moment; that is no fault of the worker's command. */
class KeeperMissing extends Error {
  constructor(cause: unknown) {
    super('there is no keeper', { cause });
  }
}

export class Launcher {
  readonly #parts: Parts;
  readonly #underWay = new Set<Worker>();
  /** Launches without a process, because the record of them cannot be written yet. */
  readonly #unwritten = new Map<Worker, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A running worker keeps its own, wherever others are written meanwhile. */
  logFile(worker: Worker): string {
    return worker.logFile ?? join(this.#parts.logFolder(), `worker_${worker.id}.log`);
  }

  /**
   * Starts the worker if there is room for it, or by force; resolves when its process is there, when it is FAILED because it could
   * not be started, or when that waits for the disk. What is launched in one turn of the event loop is one record: after a crash
   * all of it is there or none.
   * What was promised to workers launched in that turn counts as taken; who launches calls `Admission.refresh` before.
   */
  async launch(worker: Worker, pool: PoolSettings, reason: string, force = false): Promise<LaunchResult> {
    const { refusal, devices } = this.#parts.admission.judge(worker, pool);
    if (refusal) this.#refuse(worker, refusal, force);
    if (refusal && !force) return { started: false, refusal };
    if (pool.gpus !== undefined) worker.devices = devices;
    await this.#launch(worker, pool, reason);
    return { started: true, ...(refusal ? { refusal } : {}) };
  }

  #refuse(worker: Worker, refusal: AdmissionRefusal, overridden: boolean): void {
    const { store, log, changes } = this.#parts;
    const { id, pool } = worker;
    const { reasons } = refusal;
    log.info(`No room for ${id}: ${reasons.join('; ')}${overridden ? '. Started all the same.' : ''}`);
    store.append({ type: 'worker.refused', worker: id, pool, reasons, overridden });
    if (overridden) return;
    worker.refusal = refusal;
    // It was never launched, so nothing of it can live.
    if (worker.launch === 0) worker.state = 'DEAD';
    changes.worker(id);
  }

  async #launch(worker: Worker, pool: PoolSettings, reason: string): Promise<void> {
    const { store, roster, clock } = this.#parts;
    const from = worker.launch === 0 ? null : worker.state;
    roster.hold(worker, undefined);
    worker.beginLaunch(worker.launch + 1);
    worker.launchedAt = clock.now();
    store.append({
      type: 'worker.launched',
      worker: worker.id,
      launch: worker.launch,
      command: this.#command(pool),
      settings: launchSettings(pool),
      ...(pool.gpus !== undefined ? { devices: worker.devices } : {}),
    });
    roster.transition(worker, 'STARTING', reason, from);
    await this.#start(worker, pool);
  }

  /** Completes a launch that was recorded, and of which no process is left or ever was. */
  resume(worker: Worker): void {
    const pool = this.#parts.pools.settings(worker.pool);
    if (pool) void this.#start(worker, pool);
    else this.#fail(worker, `its pool ${worker.pool} does not exist any more`);
  }

  /** Whether a process of it is about to come. */
  isUnderWay(worker: Worker): boolean {
    return this.#underWay.has(worker);
  }

  /** Returns whether it was a launch that waited for the disk: it has no process, and gets none any more. */
  withdraw(worker: Worker): boolean {
    if (!this.#unwritten.delete(worker)) return false;
    this.#underWay.delete(worker);
    return true;
  }

  async #start(worker: Worker, pool: PoolSettings): Promise<void> {
    worker.logFile = join(this.#parts.logFolder(), `worker_${worker.id}.log`);
    worker.heartbeatInterval = pool.heartbeat;
    worker.settings = launchSettings(pool);
    worker.startupDeadline = undefined;
    this.#underWay.add(worker);
    await Promise.resolve();
    try {
      this.#parts.store.write();
    } catch (error) {
      // That is no fault of the worker. A store that has ended is read by the next supervisor, which completes the launch.
      if (!(error instanceof StoreError)) throw error;
      void this.#startOnceWritten(worker, pool);
      return;
    }
    await this.#begin(worker, pool);
  }

  async #startOnceWritten(worker: Worker, pool: PoolSettings): Promise<void> {
    const { launch } = worker;
    this.#unwritten.set(worker, launch);
    const isWritten = await this.#parts.store.written().then(
      () => true,
      () => false,
    );
    if (this.#unwritten.get(worker) !== launch) return;
    this.#unwritten.delete(worker);
    if (isWritten) await this.#begin(worker, pool);
  }

  async #begin(worker: Worker, pool: PoolSettings): Promise<void> {
    const { launch } = worker;
    try {
      await this.#spawn(worker, pool);
    } catch (error) {
      // The keeper died under it, or at its own start. The worker stays STARTING: whoever takes over the next keeper completes
      // the launch.
      if (error instanceof KeeperMissing) return;
      if (error instanceof KeeperError && error.code === 'ECONNRESET') return;
      if (worker.launch !== launch || worker.state !== 'STARTING') return;
      this.#fail(worker, launchProblem(error, this.#command(pool)[0] ?? '', pool));
      if (!isCommandWrong(error)) this.#parts.failed(worker);
    } finally {
      this.#underWay.delete(worker);
    }
  }

  async #spawn(worker: Worker, pool: PoolSettings): Promise<void> {
    const { store, roster, keeper, workspace } = this.#parts;
    const { launch } = worker;
    const client = await keeper.ensure().catch((error: unknown) => {
      throw new KeeperMissing(error);
    });
    // Given up with its keeper, and perhaps launched again, while another keeper was started.
    if (worker.launch !== launch || worker.state !== 'STARTING') return;
    const kept = await client.spawn({
      worker: worker.id,
      launch,
      command: this.#command(pool),
      cwd: workspace,
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
    worker.startupDeadline = this.#parts.clock.monotonic() + pool.startup * 1000;
    roster.hold(worker, kept.handle);
    store.append({ type: 'worker.spawned', worker: worker.id, launch, process: kept.identity });
    // Told to end before there was a process to end.
    if (worker.ending?.forced) await client.killTree(kept.handle);
  }

  #fail(worker: Worker, why: string): void {
    this.#parts.log.warn(`${worker.id} could not be started: ${why}`);
    worker.lastError = why;
    worker.ending = undefined;
    this.#parts.roster.transition(worker, 'FAILED', why);
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
    if (pool.gpus !== undefined) {
      // Of which the numbers are nvidia-smi's; CUDA would count the fastest first.
      environment['CUDA_DEVICE_ORDER'] = 'PCI_BUS_ID';
      environment['CUDA_VISIBLE_DEVICES'] = (worker.devices ?? []).join(',');
    }
    environment[EnvironmentVariable.token] = launchToken(tokenSecret(), worker.id, worker.launch);
    environment[EnvironmentVariable.workerId] = worker.id;
    environment[EnvironmentVariable.pool] = worker.pool;
    environment[EnvironmentVariable.workspace] = workspace;
    environment[LAUNCH_MARKER_VARIABLE] = launchMarker(workspace, worker.id, worker.launch);
    return environment;
  }
}

/** What our own processes pass to each other, and what VS Code sets for its extension host, is not for workers. */
function isOurs(name: string): boolean {
  return name.startsWith('NIGHTCREW_') || name.startsWith('VSCODE_') || name === 'ELECTRON_RUN_AS_NODE';
}

function joinPath(known: string | undefined, added: string): string {
  return known ? `${known}${delimiter}${added}` : added;
}

/** It would be as wrong the next time. */
function isCommandWrong(error: unknown): boolean {
  return error instanceof KeeperError && (error.code === 'ENOENT' || error.code === 'EACCES');
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
