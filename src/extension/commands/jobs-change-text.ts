/** What is asked before many jobs are changed, and told afterwards. */
import type { JobsChanged } from '../../control/selection.ts';
import type { JobState } from '../../core/job.ts';
import { quantity } from '../../core/quantity.ts';

const STATES: Record<JobState, string> = {
  pending: 'waiting job',
  running: 'running job',
  done: 'finished job',
  failed: 'failed job',
  cancelled: 'cancelled job',
};

export function countOf({ changed }: JobsChanged): number {
  return Object.values(changed).reduce((sum, count) => sum + count, 0);
}

/** `388 waiting jobs and 3 running jobs`; with one state alone `3 failed jobs`. */
export function jobsText({ changed }: JobsChanged): string {
  const parts = (Object.keys(STATES) as JobState[])
    .filter((state) => changed[state])
    .map((state) => quantity(changed[state]!, STATES[state]));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Undefined when nothing was refused. `participle`: `requeued`. */
export function refusedText({ problems, refused }: JobsChanged, participle: string): string | undefined {
  const [first] = problems;
  if (!first) return undefined;
  const rest = refused > 1 ? ` and ${refused - 1} more` : '';
  return `Not ${participle}: job ${first.job}${rest}. Job ${first.job} ${first.message}.`;
}
