/**
 * How much a worker is expected to need. What its pool states counts, and what was measured: the larger of both, because a
 * statement that has proved too low is no help, and a sweep's small jobs often run before its large ones.
 */
import type { PoolSettings } from './pool.ts';

/** A simulation pool is one that asks for cores or GPUs, or states at least as much memory. Bytes. */
export const SIMULATION_MEMORY = 1e9;
/** For a simulation pool of which nothing is stated or measured: two of them fit a usual machine. Bytes. */
export const DEFAULT_SIMULATION_MEMORY = 8e9;
/** Of any other: an interpreter with some libraries. Thirty of them fit a small laptop; soon they are measured. Bytes. */
export const DEFAULT_MEMORY = 64e6;
/** Launches whose peaks are remembered for each task of each pool: an outlier is forgotten after as many. */
export const REMEMBERED_LAUNCHES = 20;

export interface WorkerNeed {
  /** Bytes. */
  memory: number;
  memoryFrom: 'stated' | 'measured' | 'assumed';
  /** The task in which it was measured. */
  task?: string;
  /** Physical cores kept busy. 0: it mostly waits for others, and cores are not counted. */
  cpus: number;
  gpus: number;
}

/** `peaks`: the most that was measured for each task that the worker may be given. */
export function needOf(
  pool: Pick<PoolSettings, 'memory' | 'cpus' | 'gpus'>,
  peaks: ReadonlyMap<string, number> = new Map(),
): WorkerNeed {
  const gpus = pool.gpus ?? 0;
  const isSimulation = gpus > 0 || pool.cpus !== undefined || (pool.memory ?? 0) >= SIMULATION_MEMORY;
  const cpus = pool.cpus ?? (isSimulation ? 1 : 0);
  const stated = pool.memory ?? 0;
  let most: { task: string; bytes: number } | undefined;
  for (const [task, bytes] of peaks) if (bytes > (most?.bytes ?? 0)) most = { task, bytes };
  if (most && most.bytes > stated)
    return { memory: most.bytes, memoryFrom: 'measured', task: most.task, cpus, gpus };
  if (pool.memory !== undefined) return { memory: pool.memory, memoryFrom: 'stated', cpus, gpus };
  const assumed = isSimulation ? DEFAULT_SIMULATION_MEMORY : DEFAULT_MEMORY;
  return { memory: assumed, memoryFrom: 'assumed', cpus, gpus };
}
