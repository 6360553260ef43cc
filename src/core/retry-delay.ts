/**
 * How long a job waits after an attempt that failed, so that what is broken for a moment (a full scratch disk, a licence
 * server) is not asked again at once, and a hundred jobs that it broke do not come back in the same second.
 *
 * Exponential with a limit, as Kubernetes does it for jobs, and of that the upper half at random ("equal jitter"): never
 * longer than the limit and never shorter than half. The chance is drawn from the job and the attempt, so the same attempt
 * always waits the same time and needs no record of a seed.
 */
import type { JobId } from './job.ts';

/** Seconds. */
export interface Backoff {
  /** Before the second try; doubled with each failure. 0: tried again at once. */
  base: number;
  max: number;
}

/** Seconds; the back-off of Kubernetes' jobs: 10 s, 20 s, 40 s … up to six minutes. */
export const DEFAULT_BACKOFF: Backoff = { base: 10, max: 360 };

export interface FailedAttempt {
  job: JobId;
  attempt: number;
  /** Attempts of the job that failed, this one among them. */
  failures: number;
}

/** Milliseconds until the job is tried again. */
export function retryDelay({ job, attempt, failures }: FailedAttempt, { base, max }: Backoff): number {
  // Above 2^60 seconds the limit holds in any case, and a power would become infinite.
  const doubled = base * 2 ** Math.min(60, Math.max(0, failures - 1));
  const longest = Math.min(doubled, Math.max(base, max));
  return Math.round(1000 * longest * (0.5 + 0.5 * fractionOf(job, attempt)));
}

/** 0 to 1, spread evenly over jobs and attempts: the finalizer of MurmurHash3 over both numbers. */
function fractionOf(job: JobId, attempt: number): number {
  let hash = Math.imul(job >>> 0, 0x9e3779b1) ^ Math.imul(attempt >>> 0, 0x85ebca77);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 0xffff_ffff;
}
