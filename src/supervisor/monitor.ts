/**
 * Memory and CPU of every worker's whole process tree, by pidusage. Sampled often while somebody looks and seldom
 * while nobody does; one round at a time.
 */
import pidusage from 'pidusage';
import type { Clock } from '../core/clock.ts';
import { treeMembers } from '../keeper/process-tree.ts';
import type { Changes } from './changes.ts';
import type { Log } from './log.ts';
import type { MemoryPeaks } from './memory-peaks.ts';
import type { Roster } from './roster.ts';

/** Milliseconds; G2 asks for at least every 5 s while the dashboard is visible. */
const WATCHED_INTERVAL = process.platform === 'win32' ? 5_000 : 2_000;
/** Milliseconds; C1's heartbeat interval. */
const UNWATCHED_INTERVAL = 30_000;

interface Parts {
  roster: Roster;
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
    const { roster, changes, peaks } = this.#parts;
    const workers = roster.live.filter((worker) => worker.process !== undefined);
    const trees =
      workers.length > 0
        ? await treeMembers(workers.map((worker) => worker.process!))
        : new Map<number, number[]>();
    const pids = [...trees.values()].flat();
    // A process that ended meanwhile is null in the answer; when all did, pidusage rejects.
    const usage = pids.length > 0 ? await pidusage(pids).catch(() => ({}) as pidusage.Status[]) : {};
    for (const worker of workers) {
      const members = trees.get(worker.process?.pid ?? -1);
      if (!members) continue;
      const known = members.flatMap((pid) => (usage as Record<number, pidusage.Status | null>)[pid] ?? []);
      worker.memory = known.reduce((sum, { memory }) => sum + memory, 0);
      worker.cpu = known.reduce((sum, { cpu }) => sum + cpu, 0);
      peaks.note(worker);
      changes.worker(worker.id);
    }
    changes.other('machine');
  }
}
