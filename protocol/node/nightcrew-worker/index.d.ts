/** One attempt of a job. */
export interface Job {
  /** Number of the job within the workspace. */
  readonly id: number;
  /** Which run of the job this is, from 1. */
  readonly attempt: number;
  /** Name of the task. */
  readonly task: string;
  /** What the handler gets as its second argument as well. */
  readonly parameters: Record<string, unknown>;
  /** When the attempt will be ended, milliseconds since 1970; undefined when not known. */
  readonly deadline: number | undefined;
  /** What was saved last, by this attempt or an earlier one; undefined when nothing was. */
  readonly checkpoint: unknown;
  /** Whether somebody has cancelled the job. Is up to date within a synchronous loop, too. */
  readonly cancelled: boolean;
  /** Aborted when somebody cancels the job: for `fetch`, timers, child processes and whatever else takes one. */
  readonly signal: AbortSignal;
  /** Tells how far the job is: `fraction` from 0 to 1, `message` one line for people, cut behind 1,000 characters. */
  progress(fraction?: number, message?: string): void;
  /**
   * Saves what the next attempt needs to go on from here: any JSON value. Large state belongs in a file, and its
   * path here. Throws TypeError when JSON cannot hold the value, RangeError when that is more than 32 MiB.
   */
  saveCheckpoint(data: unknown): void;
  /** Throws JobCancelled if somebody has cancelled the job. */
  throwIfCancelled(): void;
}

/**
 * Computes a job. What it returns, or its promise resolves with, is the result; undefined counts as null. What it
 * throws fails the job.
 */
export type Handler = (job: Job, parameters: any) => unknown;

/** Makes a function the handler of a task. Throws when the name is taken. */
export function task(name: string, handler: Handler): void;
export function task(name: string, options: { description?: string }, handler: Handler): void;

/**
 * Works off jobs until the supervisor ends the worker; when the supervisor goes away the process ends at once.
 * Returns immediately. Started by hand, without a supervisor, it runs one job:
 * `node read.js --job '{"path": "a.txt"}'`.
 */
export function run(options?: {
  /** Jobs the worker accepts to hold ahead of the running one: many short jobs run faster with it. Default 32. */
  prefetch?: number;
  /** Name of the worker, shown to people. Default: the file name of the script. */
  name?: string;
}): void;

/** What this process is to the supervisor. Filled in before the first job. */
export const worker: {
  /** `<pool>-<number>`, e.g. `simulate-3`; stable over restarts. */
  readonly id: string | undefined;
  /** Name of the pool the worker belongs to. */
  readonly pool: string | undefined;
  /** Which start of this worker the process is, from 1. */
  readonly launch: number | undefined;
  /** Free metadata from the crew file, e.g. `{ annotator: 'ada' }`. */
  readonly labels: Readonly<Record<string, string>>;
};

/** Thrown by `job.throwIfCancelled()`, and the reason of `job.signal`. A handler may throw it itself. */
export class JobCancelled extends Error {
  constructor(message?: string);
}

/** Fails the job with a kind and a traceback of the handler's own choice, e.g. those of a child process. */
export class JobFailed extends Error {
  readonly type: string;
  readonly traceback: string;
  constructor(type: string, message: string, traceback?: string);
}

/** Fails the job because its parameters do not fit the task. */
export class ParametersInvalid extends Error {
  readonly missing: string[];
  readonly unexpected: string[];
  constructor(message: string, names?: { missing?: string[]; unexpected?: string[] });
}
