/** What a worker is: one supervised process of a pool, with a stable id over its restarts. */

/** `<pool>-<number>`, e.g. `simulate-3`; stable over restarts, each of which is a new `launch`. */
export type WorkerId = string;

/** Which operating-system process is meant. A PID alone is never trusted: all three must match. */
export interface ProcessIdentity {
  pid: number;
  /** As the platform gives it (Linux: clock ticks since boot, field 22 of /proc/PID/stat), compared as text. */
  startTime: string;
  /** Changes with every boot of the machine. */
  bootId: string;
}

export type WorkerState = 'STARTING' | 'RUNNING' | 'DRAINING' | 'FAILED' | 'DEAD';

/** Free metadata, e.g. `{ annotator: "ada", domain: "law" }`. Jobs may be matched to workers by it. */
export type Labels = Record<string, string>;

/** What the worker said of itself in `initialize`. */
export interface WorkerProfile {
  name: string;
  language: string;
  tasks: string[];
  /** Jobs it is ready to hold beyond the one it computes. */
  prefetch: number;
  /** The machine it says it runs on. */
  host?: string;
}
