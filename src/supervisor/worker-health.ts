/** What is known of one launch of a worker that says how well it is; `HealthJudge` makes a judgement of it. */
import type { OutputProblem } from '../core/health-checks.ts';
import type { JobId, Parameters } from '../core/job.ts';
import { LivedTime } from '../core/lived-time.ts';
import type { SeenOutput } from './output-files.ts';

/** Done jobs whose files are looked at. */
export const OUTPUT_JOBS = 20;

export class WorkerHealth {
  /** Seconds. */
  readonly lived: LivedTime = new LivedTime();
  /** It was looked for and is not there, which is never taken back. */
  isGone = false;
  response: { answered: boolean; took: number; asked: number } | undefined;
  /** Jobs done since its start, the newest last, whose files are looked at. */
  doneJobs: { job: JobId; parameters: Parameters }[] = [];
  outputs: { files: number; problems: OutputProblem[] } | undefined;
  /** By path. */
  seenOutputs: Map<string, SeenOutput> = new Map();

  done(job: JobId, parameters: Parameters): void {
    this.doneJobs.push({ job, parameters });
    if (this.doneJobs.length > OUTPUT_JOBS) this.doneJobs.shift();
  }
}
