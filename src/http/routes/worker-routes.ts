/** The routes on workers, as clients of the simulation model know them. */
import type { CrewState, WorkerView } from '../../control/crew-state.ts';
import type { Labels } from '../../core/worker.ts';
import type { CrewConnection } from '../crew-connection.ts';
import { HttpError } from '../http-error.ts';
import { route, type Route } from '../route.ts';
import { describes, flag, optional, text, whole } from '../schemas/schema.ts';
import { statusFragment } from '../status-fragment.ts';
import { statusNow, workersChanged, workersStatus } from '../workers-status.ts';
import { CLOSED, JSON_TYPE, labelsMember, NAME } from '../schemas/members.ts';
import {
  changed,
  namedMembers,
  readSelection,
  requireWorker,
  selectedMembers,
  type Named,
  type Selected,
} from './worker-selection.ts';

interface AddQuery {
  pool?: string;
  count?: number;
  force?: boolean;
}
interface AddBody extends AddQuery {
  labels?: Labels;
}

const addMembers = {
  pool: optional(text('May be left out when there is only one.', NAME)),
  count: optional(whole('Default 1.', { minimum: 1, maximum: 1_000 })),
  force: optional(flag('Start it although the machine has no room for it, at your own risk.')),
};

export const workerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/workers/status/',
    name: 'workersStatus',
    group: 'Workers',
    summary: 'All workers, the limits and the memory',
    answer: { type: JSON_TYPE, schema: workersStatus },
    handle: async (_asked, { crew }) => ({ json: await statusNow(await crew.state(), crew) }),
  }),
  route({
    method: 'GET',
    path: '/htmx/workers/status/',
    name: 'workersFragment',
    group: 'Workers',
    summary: 'The same as an HTML fragment',
    answer: { type: 'text/html', schema: text() },
    handle: async (_asked, { crew }) => {
      const state = await crew.state();
      return { text: statusFragment(state, await statusNow(state, crew), Date.now()) };
    },
  }),
  route<unknown, AddQuery, AddBody | undefined>({
    method: 'POST',
    path: '/api/workers/add/',
    name: 'addWorkers',
    group: 'Workers',
    summary: 'Starts more workers in a pool',
    description: 'Starts a supervisor where none lives. What stands in the body goes before the query.',
    query: describes<AddQuery>(addMembers, CLOSED),
    body: {
      required: false,
      schema: describes<AddBody>({ ...addMembers, labels: optional(labelsMember) }, CLOSED),
    },
    answer: { type: JSON_TYPE, schema: workersChanged },
    handle: async ({ query, body }, { crew }) => {
      const { pool, count = 1, force = false, labels: carried } = { ...query, ...body };
      const { outcomes } = await crew.requestOrStart('add', {
        pool: pool ?? (await onlyPool(crew)),
        count,
        force,
        ...(carried ? { labels: carried } : {}),
      });
      return changed(outcomes, crew);
    },
  }),
  route<unknown, Named, Selected | undefined>({
    method: 'POST',
    path: '/api/workers/drain/',
    name: 'drainWorkers',
    group: 'Workers',
    summary: 'Lets workers finish their current job and end',
    description:
      'One worker, a pool, those with labels, or all. When none is named, one: an idle one, else the one whose job began last.',
    query: describes<Named>(namedMembers, CLOSED),
    body: {
      required: false,
      schema: describes<Selected>(selectedMembers, CLOSED),
    },
    answer: { type: JSON_TYPE, schema: workersChanged },
    handle: async ({ query, body }, { crew }) => {
      const named = await readSelection({ ...query, ...body }, crew);
      const select = named ?? { workers: [mostDispensable(await crew.fresh())] };
      const { outcomes } = await crew.request('drain', { select });
      return changed(outcomes, crew);
    },
  }),
  route<{ worker: string }>({
    method: 'POST',
    path: '/api/workers/{worker}/abort/',
    name: 'abortWorker',
    group: 'Workers',
    summary: 'Ends a worker by force',
    description:
      'What its current job has done since the last checkpoint is lost; the job goes back to the queue.',
    parameters: describes<{ worker: string }>({ worker: text('Its id.', NAME) }, CLOSED),
    answer: { type: JSON_TYPE, schema: workersChanged },
    handle: async ({ path }, { crew }) => {
      await requireWorker(path.worker, crew);
      const { outcomes } = await crew.request('abort', { select: { workers: [path.worker] } });
      return changed(outcomes, crew);
    },
  }),
  route({
    method: 'POST',
    path: '/workers/tick/',
    name: 'tick',
    group: 'Workers',
    summary: 'Looks now at what is otherwise looked at once a second',
    description: 'Startup times, time limits, heartbeats. Nothing depends on it being called.',
    answer: { type: JSON_TYPE, schema: workersStatus },
    handle: async (_asked, { crew }) => ({ json: await statusNow(await crew.request('tick', {}), crew) }),
  }),
];

/** An idle one; else the one that loses the least time when it ends after its job. */
function mostDispensable({ workers }: CrewState): string {
  const began = ({ job }: WorkerView): number => job?.startedAt ?? Infinity;
  const candidates = workers
    .filter(({ state }) => state === 'RUNNING' || state === 'STARTING')
    .sort((a, b) => (began(a) === began(b) ? 0 : began(b) - began(a)));
  if (candidates[0]) return candidates[0].id;
  throw new HttpError('conflict', 'There is no worker that could be drained.', {
    nextStep: 'GET /api/workers/status/ lists the workers.',
  });
}

async function onlyPool(crew: CrewConnection): Promise<string> {
  const { pools } = await crew.requestOrStart('crewFile', {});
  if (pools.length === 1) return pools[0]!.name;
  const names = pools.map(({ name }) => name).join(', ');
  throw new HttpError('badRequest', 'Which pool is meant? None is named.', {
    place: 'body: /pool',
    nextStep: pools.length === 0 ? 'Describe one in nightcrew.yaml.' : `Name one of ${names}.`,
  });
}
