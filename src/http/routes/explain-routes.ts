/** Why a job or a worker is as it is. */
import { route, type Route } from '../route.ts';
import { explanation } from '../schemas/explanation.ts';
import { CLOSED, JSON_TYPE, NAME } from '../schemas/members.ts';
import { describes, text, whole } from '../schemas/schema.ts';

const answer = { type: JSON_TYPE, schema: explanation } as const;

export const explainRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/jobs/{job}/explain/',
    name: 'explainJob',
    group: 'Jobs',
    summary: 'Why a job waits, runs, failed or was cancelled, and what would help',
    description: 'Of an archived job: the file that it is in.',
    parameters: describes<{ job: number }>({ job: whole('Its number.', { minimum: 1 }) }, CLOSED),
    answer,
    handle: async ({ path }, { crew }) => ({ json: await crew.request('explain', path) }),
  }),
  route({
    method: 'GET',
    path: '/api/workers/{worker}/explain/',
    name: 'explainWorker',
    group: 'Workers',
    summary: 'Why a worker has no work, was refused, died or was given up, and what would help',
    description: 'Also of one that is on the list no longer.',
    parameters: describes<{ worker: string }>({ worker: text('Its id.', NAME) }, CLOSED),
    answer,
    handle: async ({ path }, { crew }) => ({ json: await crew.request('explain', path) }),
  }),
];
