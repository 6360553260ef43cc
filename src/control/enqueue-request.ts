/** What to enqueue, and what became of it. */
import type { DrillCheck } from '../core/drill.ts';
import type { BatchRow } from '../core/job-records.ts';
import type { BatchId, JobId, Parameters } from '../core/job.ts';

/**
 * Names the request itself: made up by who asks, of at most 100 characters, such as a UUID. Asked again under the same name,
 * because the answer was lost with its connection, it is answered with the same, and nothing is enqueued twice; the rest of the
 * request is not looked at then. It is recorded with the batch, so it holds over the death of a supervisor; the newest 10,000 are
 * remembered. `ControlClient` gives every request one, and repeats it once connected again.
 */
export type RequestName = string;

/** What to enqueue into which pool. */
export interface EnqueueRequest {
  request?: RequestName;
  pool: string;
  /** Default `run`. */
  task?: string;
  /** Default: made from the pool and the time. */
  name?: string;
  /** Higher first. Default 0. */
  priority?: number;
  attempts?: number;
  /** Seconds. */
  timeout?: number;
  match?: string[];
  source: EnqueueSource;
}

export type EnqueueSource =
  | { parameters: Parameters }
  /** Values as lists, or ranges as text (`1..200`, `0..100..5`). Values are typed as given. */
  | { matrix: Record<string, unknown[] | string>; base?: Parameters }
  /** An absolute path; the first line of a CSV names the parameters. Numbers and true/false are recognised. */
  | { csv: string; base?: Parameters }
  | { jsonl: string; base?: Parameters };

export interface EnqueueResult {
  batch: BatchId;
  name: string;
  pool: string;
  count: number;
  firstJob: JobId;
}

/** The runs of one batch in a drill. */
export interface DrillRuns {
  batch: string;
  pool: string;
  /** What its results have to be, beside there. */
  check?: DrillCheck;
  runs: EnqueueResult[];
}

/** The same, as far as it has come. */
export interface LastDrill extends Omit<DrillRuns, 'runs'> {
  runs: BatchRow[];
}
