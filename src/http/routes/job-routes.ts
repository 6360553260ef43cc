/** The routes on jobs and batches. */
import type { BatchRow } from '../../control/api.ts';
import type { EnqueueRequest } from '../../control/enqueue-request.ts';
import type { JobState } from '../../core/job.ts';
import { HttpError } from '../http-error.ts';
import { route, type Route } from '../route.ts';
import { batch, enqueueResult, jobDetail, jobPage } from '../schemas/jobs.ts';
import { JOB_STATES } from '../schemas/names.ts';
import { jobOutcome } from '../schemas/outcomes.ts';
import {
  amount,
  anything,
  describes,
  flag,
  listOf,
  mapOf,
  oneOf,
  optional,
  text,
  whole,
  type Schema,
} from '../schemas/schema.ts';

const NAME = { minLength: 1, maxLength: 200 };
const json = 'application/json';
/** Bytes: thousands of jobs with large parameters; more come from a file. */
const LARGEST_ENQUEUE = 16 * 1024 * 1024;
const LARGEST_PAGE = 1_000;

interface JobsQuery {
  pool?: string;
  batch?: number;
  state?: JobState[];
  worker?: string;
  search?: string;
  newestFirst?: boolean;
  offset?: number;
  limit?: number;
}

interface OneJob {
  job: number;
}

const jobNumber = describes<OneJob>({ job: whole('Its number.', { minimum: 1 }) }, { closed: true });

const base = optional(mapOf(anything(), 'Parameters that all of the jobs have.'));
const closed = { closed: true } as const;
const source: Schema = {
  oneOf: [
    describes<{ parameters: object }>({ parameters: mapOf(anything(), 'One job.') }, closed),
    describes<{ matrix: object; base?: object }>(
      {
        matrix: mapOf(
          { type: ['array', 'string'], items: {} },
          'For each parameter a list of values or a range such as `1..200`: a job for each combination.',
        ),
        base,
      },
      closed,
    ),
    describes<{ csv: string; base?: object }>(
      { csv: text('Absolute path on the machine of the crew; the first line names the parameters.'), base },
      closed,
    ),
    describes<{ jsonl: string; base?: object }>({ jsonl: text('Absolute path.'), base }, closed),
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
  closed,
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
        pool: optional(text(undefined, NAME)),
        batch: optional(whole()),
        state: optional({ ...listOf(oneOf(JOB_STATES), 'May be repeated.'), maxItems: 20 }),
        worker: optional(text(undefined, NAME)),
        search: optional(text('In the parameters, the result or the error; case is ignored.', NAME)),
        newestFirst: optional(flag()),
        offset: optional(whole()),
        limit: optional(whole('Default 100.', { minimum: 1, maximum: LARGEST_PAGE })),
      },
      closed,
    ),
    answer: { type: json, schema: jobPage },
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
    answer: { type: json, schema: enqueueResult },
    handle: async ({ body }, { crew }) => ({ json: await crew.requestOrStart('enqueue', body) }),
  }),
  route({
    method: 'GET',
    path: '/api/jobs/{job}/',
    name: 'showJob',
    group: 'Jobs',
    summary: 'One job with its attempts',
    parameters: jobNumber,
    answer: { type: json, schema: jobDetail },
    handle: async ({ path }, { crew }) => ({ json: await crew.request('job', path) }),
  }),
  route({
    method: 'POST',
    path: '/api/jobs/{job}/cancel/',
    name: 'cancelJob',
    group: 'Jobs',
    summary: 'Cancels a job that waits, or asks its worker to end it',
    parameters: jobNumber,
    answer: { type: json, schema: jobOutcome },
    handle: async ({ path }, { crew }) => {
      await crew.request('job', path);
      const { outcomes } = await crew.request('cancel', { jobs: [path.job] });
      const outcome = outcomes[0]!;
      if (outcome.ok) return { json: outcome };
      throw new HttpError('conflict', `Job ${path.job} ${outcome.message}.`, {
        place: `job ${path.job}`,
        nextStep: 'Only jobs that wait or run can be cancelled.',
      });
    },
  }),
  route({
    method: 'GET',
    path: '/api/batches/',
    name: 'listBatches',
    group: 'Jobs',
    summary: 'Batches with their counts',
    query: describes<{ name?: string }>({ name: optional(text('Only those of this name.', NAME)) }, closed),
    answer: {
      type: json,
      schema: describes<{ batches: BatchRow[] }>({ batches: listOf(batch) }),
    },
    handle: async ({ query }, { crew }) => ({ json: { batches: await crew.request('batches', query) } }),
  }),
];
