/** The routes that change many jobs, and say when they will have ended. */
import type { JobsChanged } from '../../control/selection.ts';
import { HttpError } from '../http-error.ts';
import { route, type Answer, type Face, type Route } from '../route.ts';
import { forecastAnswer } from '../schemas/forecast.ts';
import { jobsChanged, jobsMembers, type JobsBody } from '../schemas/job-selection.ts';
import { describes, flag, optional, text, whole, type Described } from '../schemas/schema.ts';
import { CLOSED, JSON_TYPE, NAME } from '../schemas/members.ts';

interface RequeueBody extends JobsBody {
  fresh?: boolean;
}
interface ReprioritiseBody extends JobsBody {
  priority: number;
}
interface ForecastQuery {
  pool?: string;
  more?: number;
}

function queueRoute<Body extends JobsBody>(
  word: 'cancel' | 'requeue' | 'reprioritise',
  { summary, description, schema }: { summary: string; description: string; schema: Described<Body> },
): Route {
  return route<unknown, unknown, Body>({
    method: 'POST',
    path: `/api/jobs/${word}/`,
    name: `${word}Jobs`,
    group: 'Jobs',
    summary,
    description: `By number, or all that a filter leaves. ${description}`,
    body: { required: true, schema },
    answer: { type: JSON_TYPE, schema: jobsChanged },
    handle: ({ body }, { crew }) => change(crew, word, body),
  });
}

async function change(
  crew: Face['crew'],
  word: 'cancel' | 'requeue' | 'reprioritise',
  body: JobsBody,
): Promise<Answer> {
  // As it passed its schema; the supervisor says that it takes either `jobs` or a `filter`.
  const answer = await crew.request(word, body as never);
  return { json: body.dryRun ? answer : done(answer) };
}

/** What could be done to none is a refusal. */
export function done(answer: JobsChanged): JobsChanged {
  const { changed, problems, refused } = answer;
  const [first] = problems;
  if (!first || Object.keys(changed).length > 0) return answer;
  const others = refused > 1 ? ` (and ${refused - 1} more)` : '';
  throw new HttpError('conflict', `Job ${first.job} ${first.message}${others}.`, {
    place: `job ${first.job}`,
    nextStep: 'GET /api/jobs/ says in which states jobs are.',
  });
}

export const queueRoutes: readonly Route[] = [
  queueRoute('cancel', {
    summary: 'Cancels jobs that wait, and asks the workers of those that run to end them',
    description: 'A filter without states means those that wait or run.',
    schema: describes<JobsBody>(jobsMembers, CLOSED),
  }),
  queueRoute('requeue', {
    summary: 'Makes ended jobs pending again',
    description:
      'A filter without states means those that failed. They go on from their checkpoint; a job that was done begins anew, and its result is given up. ' +
      'Of pending ones those are tried at once that wait for another try.',
    schema: describes<RequeueBody>(
      { ...jobsMembers, fresh: optional(flag('Without their checkpoints.')) },
      CLOSED,
    ),
  }),
  queueRoute('reprioritise', {
    summary: 'Gives jobs that wait or run another priority',
    description: 'One that runs has it if it is tried again.',
    schema: describes<ReprioritiseBody>(
      {
        ...jobsMembers,
        priority: { type: 'integer', minimum: -1_000_000, maximum: 1_000_000, description: 'Higher first.' },
      },
      CLOSED,
    ),
  }),
  route({
    method: 'GET',
    path: '/api/forecast/',
    name: 'forecast',
    group: 'Jobs',
    summary: 'When the jobs of each pool will have ended, and with more or fewer workers',
    query: describes<ForecastQuery>(
      {
        pool: optional(text('Only this one.', NAME)),
        more: optional(
          whole('Workers to think of in addition. Default 1.', { minimum: -1_000, maximum: 1_000 }),
        ),
      },
      CLOSED,
    ),
    answer: { type: JSON_TYPE, schema: forecastAnswer },
    handle: async ({ query }, { crew }) => ({ json: await crew.request('forecast', query) }),
  }),
];
