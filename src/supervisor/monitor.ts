/**
 * Memory and CPU of every worker's whole process tree, and the files its jobs should have left. Sampled often while somebody
 * looks and seldom while nobody does; one round at a time. A tree on another machine is not seen here: what its worker says of it counts.
 */
import type { Clock } from '../core/clock.ts';
import type { Changes } from './changes.ts';
import { isElsewhere } from './elsewhere.ts';
import type { Log } from './log.ts';
import type { MemoryPeaks } from './memory-peaks.ts';
import { checkOutputFiles } from './output-files.ts';
import type { PoolRegister } from './pool-register.ts';
import type { ResourceProbe } from './resource-probe.ts';
import type { Roster } from './roster.ts';

/** Milliseconds: a dashboard that is looked at shows figures of the last few seconds. */
const WATCHED_INTERVAL = process.platform === 'win32' ? 5_000 : 2_000;
/** Milliseconds; the finest of the figures over time. Windows starts a program to look. */
const UNWATCHED_INTERVAL = process.platform === 'win32' ? 30_000 : 10_000;

interface Parts {
  roster: Roster;
  pools: PoolRegister;
  probe: ResourceProbe;
  workspace: string;
  clock: Clock;
  changes: Changes;
  log: Log;
  peaks: MemoryPeaks;
  /** Whether a face is looking. */
  watched: () => boolean;
}

export class Monitor {
  readonly #parts: Parts;
  #sampledAt = -Infinity;
  #sampling: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Called every second. */
  tick(): void {
    const interval = this.#parts.watched() ? WATCHED_INTERVAL : UNWATCHED_INTERVAL;
    if (this.#parts.clock.monotonic() - this.#sampledAt >= interval) void this.sample();
  }

  /** One round over all workers; joins the one under way. */
  sample(): Promise<void> {
    this.#sampling ??= this.#round()
      .catch((error: unknown) => this.#parts.log.error('Memory and CPU could not be sampled.', error))
      .finally(() => {
        this.#sampledAt = this.#parts.clock.monotonic();
        this.#sampling = undefined;
      });
    return this.#sampling;
  }

  async #round(): Promise<void> {
    await Promise.all([this.#measure(), this.#checkOutputs()]);
    this.#parts.changes.other('machine');
  }

  async #measure(): Promise<void> {
    const { roster, changes, probe, peaks } = this.#parts;
    const workers = roster.live.filter((worker) => worker.process !== undefined && !isElsewhere(worker));
    const launches = new Map(workers.map((worker) => [worker, worker.launch]));
    const used = await probe.measure(workers.map((worker) => worker.process!));
    for (const [worker, launch] of launches) {
      const use = used.get(worker.process?.pid ?? -1);
      if (!use || worker.launch !== launch) continue;
      worker.memory = use.memory;
      worker.cpu = use.cpu;
      peaks.note(worker);
      changes.worker(worker.id);
    }
  }

  async #checkOutputs(): Promise<void> {
    const { roster, pools, workspace, clock } = this.#parts;
    for (const worker of roster.live) {
      const outputs = pools.settings(worker.pool)?.outputs;
      if (outputs) await checkOutputFiles(worker, outputs, workspace, clock.now());
    }
  }
}
