/**
 * A drill: the jobs of a batch are run several times over, and every result is checked. Pure: what came of each run, judged, with the
 * reasons in words.
 */
import { canonicalJson } from './crew-file-definition.ts';
import type { JobError, JobId, JobState, Parameters } from './job.ts';
import { quantity } from './quantity.ts';
import { shortErrorText } from './error-text.ts';

/** What the crew file says of a batch's results. Absent: a job only has to be done. */
export type DrillCheck =
  /** A job gives the same result each time. */
  | 'same'
  /** Its result, as text or as JSON, fits this regular expression. */
  | { matches: string };

export interface DrillJob {
  id: JobId;
  parameters: Parameters;
  state: JobState;
  result?: unknown;
  error?: JobError;
}

export interface DrillVerdict {
  ok: boolean;
  runs: number;
  /** Of all runs. */
  jobs: number;
  /** Jobs that did not end done, whose result did not fit, or was another than in the first run. */
  failed: number;
  unfit: number;
  different: number;
  /** In words, the first ones. */
  problems: string[];
}

/** A batch that fails in each job does it a thousand times; the first ones say why. */
const MOST_TOLD = 20;
const LONGEST_RESULT = 80;

/** `runs`: of each the jobs, in the order of the batch. */
export function judgeDrill(
  check: DrillCheck | undefined,
  runs: readonly (readonly DrillJob[])[],
): DrillVerdict {
  const verdict = { runs: runs.length, jobs: 0, failed: 0, unfit: 0, different: 0 };
  const problems: string[] = [];
  const pattern = typeof check === 'object' ? new RegExp(check.matches, 'u') : undefined;
  const first = new Map<number, { run: number; job: DrillJob }>();
  for (const [index, jobs] of runs.entries()) {
    const run = index + 1;
    verdict.jobs += jobs.length;
    for (const [place, job] of jobs.entries()) {
      const known = first.get(place);
      if (job.state !== 'done') {
        verdict.failed++;
        problems.push(
          `run ${run}, ${jobText(job)} ${job.state}${job.error ? `: ${shortErrorText(job.error)}` : ''}`,
        );
      } else if (pattern && !pattern.test(plain(job.result))) {
        verdict.unfit++;
        problems.push(
          `run ${run}, ${jobText(job)} gave ${shown(job.result)}, which does not match ${pattern.source}`,
        );
      } else if (check === 'same' && known && !isSame(known.job.result, job.result)) {
        verdict.different++;
        problems.push(
          `run ${run}, ${jobText(job)} gave ${shown(job.result)}, and in run ${known.run} (job ${known.job.id}) ${shown(known.job.result)}`,
        );
      }
      if (job.state === 'done' && !known) first.set(place, { run, job });
    }
  }
  return { ok: problems.length === 0, ...verdict, problems: problems.slice(0, MOST_TOLD) };
}

/** `all done, all the same`, or what was not as it should be. */
export function verdictText(check: DrillCheck | undefined, verdict: DrillVerdict): string {
  if (verdict.ok) {
    if (check === undefined) return 'all done';
    return check === 'same' ? 'all done, each result the same every time' : 'all done, each result fits';
  }
  return [
    [verdict.failed, 'not done'],
    [verdict.unfit, 'unfit'],
    [verdict.different, 'different'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${quantity(Number(count), 'job')} ${what}`)
    .join(', ');
}

/** Without regard to the order of an object's members. */
function isSame(left: unknown, right: unknown): boolean {
  return textOf(left) === textOf(right);
}

/** Nothing at all has no JSON. */
function textOf(result: unknown): string {
  return result === undefined ? 'nothing' : canonicalJson(result);
}

function plain(result: unknown): string {
  return typeof result === 'string' ? result : textOf(result);
}

function shown(result: unknown): string {
  const text = textOf(result);
  return text.length <= LONGEST_RESULT ? text : `${text.slice(0, LONGEST_RESULT - 1)}…`;
}

function jobText({ id, parameters }: DrillJob): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${shown(value)}`);
  return `job ${id}${given.length > 0 ? ` (${given.join(' ')})` : ''}`;
}
