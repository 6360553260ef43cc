/** The routes on jobs and batches. */
import type { BatchRow, JobFilter } from '../../core/job-records.ts';
import type { EnqueueRequest } from '../../control/enqueue-request.ts';
import type { JobState } from '../../core/job.ts';
import { route, type Route } from '../route.ts';
import { filterMembers, stateMember } from '../schemas/job-selection.ts';
import { batch, enqueueResult, jobDetail, jobPage } from '../schemas/jobs.ts';
import { jobOutcome } from '../schemas/outcomes.ts';
import {
  amount,
  anything,
  describes,
  listOf,
  mapOf,
  optional,
  text,
  whole,
  type Schema,
} from '../schemas/schema.ts';
import { CLOSED, JSON_TYPE, NAME } from '../schemas/members.ts';
import { done } from './queue-routes.ts';

/** Bytes: thousands of jobs with large parameters; more come from a file. */
const LARGEST_ENQUEUE = 16 * 1024 * 1024;
const LARGEST_PAGE = 1_000;

interface JobsQuery extends Omit<JobFilter, 'states'> {
  state?: JobState[];
  offset?: number;
  limit?: number;
}

interface OneJob {
  job: number;
}

const jobNumber = describes<OneJob>({ job: whole('Its number.', { minimum: 1 }) }, CLOSED);

const base = optional(mapOf(anything(), 'Parameters that all of the jobs have.'));
const source: Schema = {
  oneOf: [
    describes<{ parameters: object }>({ parameters: mapOf(anything(), 'One job.') }, CLOSED),
    describes<{ matrix: object; base?: object }>(
      {
        matrix: mapOf(
          { type: ['array', 'string'], items: {} },
          'For each parameter a list of values or a range such as `1..200`: a job for each combination.',
        ),
        base,
      },
      CLOSED,
    ),
    describes<{ csv: string; base?: object }>(
      { csv: text('Absolute path on the machine of the crew; the first line names the parameters.'), base },
      CLOSED,
    ),
    describes<{ jsonl: string; base?: object }>({ jsonl: text('Absolute path.'), base }, CLOSED),
  ],
};

const enqueueBody = describes<EnqueueRequest>(
  {
    request: optional(
      text(
        'Names the request itself, such as a UUID: asked again, it is answered with the same and enqueues nothing.',
        {
          minLength: 1,
          maxLength: 100,
        },
      ),
    ),
    pool: text(undefined, NAME),
    task: optional(text('Default `run`.', NAME)),
    name: optional(text("The batch's name.", NAME)),
    priority: optional({
      type: 'integer',
      minimum: -1_000_000,
      maximum: 1_000_000,
      description: 'Higher first.',
    }),
    attempts: optional(whole('Attempts that may fail.', { minimum: 1, maximum: 1_000 })),
    timeout: optional({ ...amount('Seconds for each attempt.'), exclusiveMinimum: 0, maximum: 31_536_000 }),
    match: optional(listOf(text(), 'Parameters that must equal the labels of the worker.')),
    source,
  },
  CLOSED,
);

export const jobRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/jobs/',
    name: 'listJobs',
    group: 'Jobs',
    summary: 'Jobs by pool, batch, state, worker or text, page by page',
    query: describes<JobsQuery>(
      {
        ...filterMembers,
        state: stateMember,
        offset: optional(whole()),
        limit: optional(whole('Default 100.', { minimum: 1, maximum: LARGEST_PAGE })),
      },
      CLOSED,
    ),
    answer: { type: JSON_TYPE, schema: jobPage },
    handle: async ({ query: { state, ...filter } }, { crew }) => ({
      json: await crew.request('jobs', { ...filter, ...(state ? { states: state } : {}) }),
    }),
  }),
  route<unknown, unknown, EnqueueRequest>({
    method: 'POST',
    path: '/api/jobs/',
    name: 'enqueueJobs',
    group: 'Jobs',
    summary: 'Enqueues one job, a matrix, or the rows of a file',
    description:
      'Answered when the jobs are on the disk. Needs no worker; starts a supervisor where none lives.',
    body: { schema: enqueueBody, required: true, limit: LARGEST_ENQUEUE },
    answer: { type: JSON_TYPE, schema: enqueueResult },
    handle: async ({ body }, { crew }) => ({ json: await crew.requestOrStart('enqueue', body) }),
  }),
  route({
    method: 'GET',
    path: '/api/jobs/{job}/',
    name: 'showJob',
    group: 'Jobs',
    summary: 'One job with its attempts',
    parameters: jobNumber,
    answer: { type: JSON_TYPE, schema: jobDetail },
    handle: async ({ path }, { crew }) => ({ json: await crew.request('job', path) }),
  }),
  route({
    method: 'POST',
    path: '/api/jobs/{job}/cancel/',
    name: 'cancelJob',
    group: 'Jobs',
    summary: 'Cancels a job that waits, or asks its worker to end it',
    parameters: jobNumber,
    answer: { type: JSON_TYPE, schema: jobOutcome },
    handle: async ({ path }, { crew }) => {
      await crew.request('job', path);
      const { outcomes } = done(await crew.request('cancel', { jobs: [path.job] }));
      return { json: outcomes[0] };
    },
  }),
  route({
    method: 'GET',
    path: '/api/batches/',
    name: 'listBatches',
    group: 'Jobs',
    summary: 'Batches with their counts',
    query: describes<{ name?: string }>({ name: optional(text('Only those of this name.', NAME)) }, CLOSED),
    answer: {
      type: JSON_TYPE,
      schema: describes<{ batches: BatchRow[] }>({ batches: listOf(batch) }),
    },
    handle: async ({ query }, { crew }) => ({ json: { batches: await crew.request('batches', query) } }),
  }),
];
