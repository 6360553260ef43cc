/** The routes on workers, as clients of the simulation model know them. */
import type { CrewState, WorkerView } from '../../control/crew-state.ts';
import type { Selection, WorkerOutcome } from '../../control/selection.ts';
import { suggestName } from '../../core/closest-name.ts';
import type { Labels } from '../../core/worker.ts';
import type { CrewConnection } from '../crew-connection.ts';
import { HttpError } from '../http-error.ts';
import { route, type Answer, type Route } from '../route.ts';
import { describes, flag, mapOf, optional, text, whole } from '../schemas/schema.ts';
import { statusFragment } from '../status-fragment.ts';
import { statusOf, workersChanged, workersStatus } from '../workers-status.ts';

const NAME = { minLength: 1, maxLength: 200 };
const json = 'application/json';

interface AddQuery {
  pool?: string;
  count?: number;
  force?: boolean;
}
interface AddBody extends AddQuery {
  labels?: Labels;
}
interface Named {
  worker_id?: string;
  pool?: string;
}
interface DrainBody extends Named {
  labels?: Labels;
  all?: boolean;
}

const addMembers = {
  pool: optional(text('May be left out when there is only one.', NAME)),
  count: optional(whole('Default 1.', { minimum: 1, maximum: 1_000 })),
  force: optional(flag('Start it although the machine has no room for it, at your own risk.')),
};
const namedMembers = {
  worker_id: optional(text('One worker.', NAME)),
  pool: optional(text('All workers of a pool.', NAME)),
};
const labels = mapOf(text());

export const workerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/workers/status/',
    name: 'workersStatus',
    group: 'Workers',
    summary: 'All workers, the limits and the memory',
    answer: { type: json, schema: workersStatus },
    handle: async (_asked, { crew }) => ({ json: statusOf(await crew.state()) }),
  }),
  route({
    method: 'GET',
    path: '/htmx/workers/status/',
    name: 'workersFragment',
    group: 'Workers',
    summary: 'The same as an HTML fragment',
    answer: { type: 'text/html', schema: text() },
    handle: async (_asked, { crew }) => ({ text: statusFragment(await crew.state(), Date.now()) }),
  }),
  route<unknown, AddQuery, AddBody | undefined>({
    method: 'POST',
    path: '/api/workers/add/',
    name: 'addWorkers',
    group: 'Workers',
    summary: 'Starts more workers in a pool',
    description: 'Starts a supervisor where none lives. What stands in the body goes before the query.',
    query: describes<AddQuery>(addMembers, { closed: true }),
    body: {
      required: false,
      schema: describes<AddBody>({ ...addMembers, labels: optional(labels) }, { closed: true }),
    },
    answer: { type: json, schema: workersChanged },
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
  route<unknown, Named, DrainBody | undefined>({
    method: 'POST',
    path: '/api/workers/drain/',
    name: 'drainWorkers',
    group: 'Workers',
    summary: 'Lets workers finish their current job and end',
    description:
      'One worker, a pool, those with labels, or all. When none is named, one: an idle one, else the one whose job began last.',
    query: describes<Named>(namedMembers, { closed: true }),
    body: {
      required: false,
      schema: describes<DrainBody>(
        { ...namedMembers, labels: optional(labels), all: optional({ const: true }) },
        { closed: true },
      ),
    },
    answer: { type: json, schema: workersChanged },
    handle: async ({ query, body }, { crew }) => {
      const select = selection({ ...query, ...body }) ?? {
        workers: [mostDispensable(await crew.fresh())],
      };
      if ('workers' in select) await requireWorker(select.workers[0]!, crew);
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
    parameters: describes<{ worker: string }>({ worker: text('Its id.', NAME) }, { closed: true }),
    answer: { type: json, schema: workersChanged },
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
    answer: { type: json, schema: workersStatus },
    handle: async (_asked, { crew }) => ({ json: statusOf(await crew.request('tick', {})) }),
  }),
];

async function requireWorker(id: string, crew: CrewConnection): Promise<void> {
  const ids = (await crew.fresh()).workers.map((worker) => worker.id);
  if (ids.includes(id)) return;
  throw new HttpError('notFound', `There is no worker ${id}.`, {
    place: `worker ${id}`,
    nextStep: suggestName(id, ids) ?? 'There are no workers; POST /api/workers/add/ starts one.',
  });
}

/** What could be done to none is a refusal; what could be done to some is told for each. */
async function changed(outcomes: WorkerOutcome[], crew: CrewConnection): Promise<Answer> {
  const [first] = outcomes;
  if (first && outcomes.every(({ ok }) => !ok)) {
    const others = outcomes.length > 1 ? ` (and ${outcomes.length - 1} more)` : '';
    throw new HttpError('conflict', `${first.worker}: ${first.message}${others}`, {
      place: `worker ${first.worker}`,
      nextStep: first.refusal?.nextStep ?? '`outcomes` has the reason for each worker.',
      outcomes,
    });
  }
  return { json: { ...statusOf(await crew.fresh()), outcomes } };
}

/** The one that is named in some way; undefined when none is. */
function selection({ worker_id: worker, pool, labels: wanted, all }: DrainBody): Selection | undefined {
  const given: Selection[] = [
    ...(worker === undefined ? [] : [{ workers: [worker] }]),
    ...(pool === undefined ? [] : [{ pool }]),
    ...(wanted === undefined ? [] : [{ labels: wanted }]),
    ...(all === undefined ? [] : [{ all: true } as const]),
  ];
  if (given.length <= 1) return given[0];
  throw new HttpError('badRequest', 'Workers are chosen in more than one way.', {
    place: 'body',
    nextStep: 'Give worker_id, pool, labels or all.',
  });
}

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
