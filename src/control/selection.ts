/** Which workers or jobs a command is for, and what became of each. */
import type { AdmissionRefusal } from '../core/admission.ts';
import type { JobId, JobState } from '../core/job.ts';
import type { Labels, WorkerId } from '../core/worker.ts';
import type { JobFilter } from '../core/job-records.ts';

/** Which workers are meant. */
export type Selection = { workers: WorkerId[] } | { pool: string } | { labels: Labels } | { all: true };

/** Which jobs are meant: by number, or all that a filter leaves. */
export type JobSelection = { jobs: JobId[] } | { filter: JobFilter };

export interface JobChangeProblem {
  job: JobId;
  message: string;
}

/** What became of a change of many jobs. */
export interface JobsChanged {
  /** Jobs that were named, or that the filter left. */
  matched: number;
  /** To how many of them it was done (with `dryRun`: would be), by the state they were in. */
  changed: Partial<Record<JobState, number>>;
  /** To how many it was not; the first 100 of them, with the reason. */
  refused: number;
  problems: JobChangeProblem[];
  /** For each job that was named by its number; empty for a filter. */
  outcomes: { job: JobId; ok: boolean; message: string }[];
}

/** What happened to one worker; a partial failure is told, not thrown. */
export interface WorkerOutcome {
  worker: WorkerId;
  ok: boolean;
  /** In words: `draining; job 212 is still running`, or why not. */
  message: string;
  /** Admission found no room: it was not started, or, with `force`, was started all the same. */
  refusal?: AdmissionRefusal;
}
