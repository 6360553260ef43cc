/** Which jobs a request means, and what became of them. */
import type { JobFilter } from '../../core/job-records.ts';
import type { JobChangeProblem, JobsChanged } from '../../control/selection.ts';
import { CLOSED, NAME } from './members.ts';
import { JOB_STATES } from './names.ts';
import { jobOutcome } from './outcomes.ts';
import { component, describes, flag, listOf, oneOf, optional, text, whole } from './schema.ts';

/** Numbers of jobs in one request: as many as its body holds. */
const MOST_NAMED = 10_000;

/** What a filter has in the query and in a body. */
export const filterMembers = {
  pool: optional(text(undefined, NAME)),
  batch: optional(whole()),
  worker: optional(text('That has it or had it last.', NAME)),
  finishedSince: optional(whole('Ended at or after; milliseconds since 1970.')),
  finishedUntil: optional(whole('Ended before.')),
  enqueuedSince: optional(whole('Enqueued at or after.')),
  enqueuedUntil: optional(whole('Enqueued before.')),
  search: optional(text('In the parameters, the result or the error; case is ignored.', NAME)),
  newestFirst: optional(flag()),
};

const jobStates = (description: string): ReturnType<typeof optional> =>
  optional({ ...listOf(oneOf(JOB_STATES), description), maxItems: 20 });

export const stateMember = jobStates('May be repeated.');

const jobFilter = describes<JobFilter>(
  { ...filterMembers, states: jobStates('Without it: those that it can usually be done to.') },
  { ...CLOSED, description: 'All of it must fit; `{}` is every job. Or `jobs`.' },
);

/** Either `jobs` or `filter`; the supervisor refuses both and neither. */
export interface JobsBody {
  jobs?: number[];
  filter?: JobFilter;
  dryRun?: boolean;
}

export const jobsMembers = {
  jobs: optional({
    ...listOf(whole(undefined, { minimum: 1 }), 'By number; or `filter`.'),
    maxItems: MOST_NAMED,
  }),
  filter: optional(jobFilter),
  dryRun: optional(flag('Only say to how many it would be done.')),
};

const problem = describes<JobChangeProblem>({ job: whole(), message: text('Why not.') });

export const jobsChanged = component(
  'JobsChanged',
  describes<JobsChanged>({
    matched: whole('Jobs that were named, or that the filter left.'),
    changed: describes<JobsChanged['changed']>({
      pending: optional(whole()),
      running: optional(whole()),
      done: optional(whole()),
      failed: optional(whole()),
      cancelled: optional(whole()),
    }),
    refused: whole(),
    problems: listOf(problem, 'Of the first hundred that it was not done to.'),
    outcomes: listOf(jobOutcome, 'For each job that was named by its number.'),
  }),
);
