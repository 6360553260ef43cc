/** The routes that run batches several times over, and say what came of it. */
import { reportDrill } from '../../control/drill-report.ts';
import type { DrillRuns } from '../../control/enqueue-request.ts';
import { route, type Route } from '../route.ts';
import { drillRuns, drillStanding, type DrillStanding } from '../schemas/drill.ts';
import { CLOSED, JSON_TYPE, NAME } from '../schemas/members.ts';
import { describes, listOf, optional, text, whole } from '../schemas/schema.ts';

interface DrillBody {
  batches?: string[];
  times?: number;
}

const DEFAULT_TIMES = 10;
const MOST_TIMES = 1_000;

export const drillRoutes: readonly Route[] = [
  route<unknown, unknown, DrillBody | undefined>({
    method: 'POST',
    path: '/api/drills/',
    name: 'drill',
    group: 'Jobs',
    summary: 'Enqueues batches of the crew file several times over, to compare what comes of them',
    description: 'Behind all other jobs, each with one attempt. Starts no worker.',
    body: {
      required: false,
      schema: describes<DrillBody>(
        {
          batches: optional({
            ...listOf(text(undefined, NAME), 'Default: all.'),
            minItems: 1,
            maxItems: 100,
          }),
          times: optional(
            whole(`Runs of each. Default ${DEFAULT_TIMES}.`, { minimum: 1, maximum: MOST_TIMES }),
          ),
        },
        CLOSED,
      ),
    },
    answer: {
      type: JSON_TYPE,
      schema: describes<{ drills: DrillRuns[] }>({ drills: listOf(drillRuns) }),
    },
    handle: async ({ body }, { crew }) => ({
      json: await crew.request('drill', { times: DEFAULT_TIMES, ...body }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/drills/{batch}/',
    name: 'drillReport',
    group: 'Jobs',
    summary: 'What came of the newest drill of a batch',
    description: 'While jobs are left, only how many.',
    parameters: describes<{ batch: string }>({ batch: text('Its name in the crew file.', NAME) }, CLOSED),
    answer: { type: JSON_TYPE, schema: drillStanding },
    handle: async ({ path }, { crew }) => {
      const drill = await crew.request('lastDrill', path);
      const { batch, pool, runs } = drill;
      const left = runs.reduce((sum, { counts }) => sum + counts.pending + counts.running, 0);
      const ended =
        left === 0
          ? {
              report: await reportDrill(
                { ...drill, runs: runs.map(({ id, count }) => ({ batch: id, count })) },
                (page) => crew.request('jobs', page),
              ),
            }
          : {};
      return { json: { batch, pool, left, ...ended } satisfies DrillStanding };
    },
  }),
];
