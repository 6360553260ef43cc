/** Gathers the facts of admission and asks the rule; every launch passes here. */
import {
  admitWorker,
  neverFits,
  type AdmissionDecision,
  type AdmissionFacts,
  type Candidate,
  type CrewMember,
} from '../core/admission.ts';
import { needOf, type WorkerNeed } from '../core/memory-need.ts';
import type { PoolSettings } from '../core/pool.ts';
import { roomFor, type Room } from '../core/room.ts';
import type { Log } from './log.ts';
import type { Machine } from './machine.ts';
import type { MemoryPeaks } from './memory-peaks.ts';
import type { Monitor } from './monitor.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';

/** More workers of a pool are not looked for. */
const MOST_ROOM = 100;

interface Parts {
  machine: Machine;
  roster: Roster;
  pools: PoolRegister;
  queue: Queue;
  peaks: MemoryPeaks;
  monitor: Monitor;
  log: Log;
  /** Workers of all pools together, if that is limited. */
  maxWorkers: () => number | undefined;
}

export class Admission {
  readonly #parts: Parts;
  /** Tasks of each pool of which jobs wait or run, as of the last `refresh`. */
  #tasks = new Map<string, Set<string>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Brings up to date what `judge` goes by and cannot find out at once. Before workers are launched. */
  async refresh(): Promise<void> {
    const { roster, monitor } = this.#parts;
    // Without workers there is nothing to measure.
    const measured = roster.live.length > 0 ? monitor.sample() : undefined;
    await this.refreshMachine();
    await measured;
  }

  /** The same without measuring the workers, whose figures of the last seconds are enough to look at. */
  async refreshMachine(): Promise<void> {
    const { machine, pools } = this.#parts;
    await machine.refresh([...pools.all].some(({ gpus = 0 }) => gpus > 0));
    this.#tasks = this.#tasksInQueue();
  }

  /** Whether there is room for one more worker at this moment. */
  judge(worker: Worker, pool: PoolSettings): AdmissionDecision {
    const { candidate, facts } = this.#question(pool, worker);
    return admitWorker(candidate, facts);
  }

  /** How many more workers of a pool would be admitted now. */
  room(pool: PoolSettings): Room {
    const { candidate, facts } = this.#question(pool);
    return roomFor(candidate, facts, MOST_ROOM);
  }

  #question(pool: PoolSettings, worker?: Worker): { candidate: Candidate; facts: AdmissionFacts } {
    const { machine, roster } = this.#parts;
    const needs = new Map<string, WorkerNeed>();
    const need = (name: string, settings: PoolSettings | undefined): WorkerNeed => {
      const known = needs.get(name) ?? needOf(settings ?? {}, this.#peaksOf(name));
      needs.set(name, known);
      return known;
    };
    // Of those that `up` is about to start, the ones that have not been judged yet hold nothing.
    const crew = roster.live
      .filter((other) => other !== worker && other.launch > 0)
      .map((other): CrewMember => ({
        pool: other.pool,
        need: need(other.pool, this.#parts.pools.settings(other.pool)),
        memory: other.memory,
        devices: other.devices ?? [],
      }));
    const candidate = {
      pool: pool.name,
      wanted: pool.workers,
      need: need(pool.name, pool),
      devices: worker?.devices ?? [],
    };
    const maxWorkers = this.#maxWorkers();
    const limit = maxWorkers === undefined ? {} : { maxWorkers };
    return { candidate, facts: { machine: machine.facts(), ...limit, crew } };
  }

  /** Why a worker of the pool never has room on this machine, however idle it is. */
  neverFits(pool: PoolSettings): string[] {
    const need = needOf(pool, this.#peaksOf(pool.name));
    return neverFits(need, this.#parts.machine.facts());
  }

  /** Of the tasks in the queue; of all, when nothing of them is known. */
  #peaksOf(pool: string): Map<string, number> {
    const all = this.#parts.peaks.of(pool);
    const tasks = this.#tasks.get(pool);
    const ofQueue = new Map([...all].filter(([task]) => tasks?.has(task)));
    return ofQueue.size > 0 ? ofQueue : all;
  }

  #tasksInQueue(): Map<string, Set<string>> {
    const tasks = new Map<string, Set<string>>();
    for (const { pool, task, counts } of this.#parts.queue.batches) {
      if (counts.pending + counts.running === 0) continue;
      tasks.set(pool, (tasks.get(pool) ?? new Set()).add(task));
    }
    return tasks;
  }

  #maxWorkers(): number | undefined {
    return this.#parts.maxWorkers();
  }
}
