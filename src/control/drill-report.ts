/** What became of a drill, for whoever asked for it: every job of its runs is read and judged. */
import { judgeDrill, verdictText, type DrillCheck, type DrillJob, type DrillVerdict } from '../core/drill.ts';
import type { BatchId } from '../core/job.ts';
import type { ControlRequests } from './api.ts';
import { ControlError, ControlErrorCode } from './control-error.ts';

/** The runs of one batch, all of which have ended. */
export interface EndedDrill {
  batch: string;
  pool: string;
  check?: DrillCheck;
  runs: readonly { batch: BatchId; count: number }[];
}

export interface DrillReport extends DrillVerdict {
  batch: string;
  pool: string;
  /** In words. */
  verdict: string;
}

type ReadJobs = (
  parameters: ControlRequests['jobs']['parameters'],
) => Promise<ControlRequests['jobs']['result']>;

/** Jobs that are read at once. */
const PAGE = 1_000;

export async function reportDrill(drill: EndedDrill, readJobs: ReadJobs): Promise<DrillReport> {
  const { batch, pool, check } = drill;
  const runs: DrillJob[][] = [];
  for (const run of drill.runs) runs.push(await jobsOf(run, readJobs));
  const verdict = judgeDrill(check, runs);
  return { batch, pool, ...verdict, verdict: verdictText(check, verdict) };
}

async function jobsOf({ batch, count }: EndedDrill['runs'][number], readJobs: ReadJobs): Promise<DrillJob[]> {
  const found: DrillJob[] = [];
  while (found.length < count) {
    const { jobs } = await readJobs({ batch, offset: found.length, limit: PAGE });
    if (jobs.length === 0)
      throw new ControlError(
        ControlErrorCode.notFound,
        `Jobs of batch ${batch} are gone before they were looked at.`,
        {
          nextStep:
            '`retention:` in nightcrew.yaml archives them too soon; give it more jobs, and drill again.',
        },
      );
    found.push(...jobs);
  }
  return found;
}
