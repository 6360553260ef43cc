/** The routes that do one thing to some workers. They differ in the table at the end and in nothing else. */
import type { Selection, WorkerOutcome } from '../../control/selection.ts';
import type { CrewConnection } from '../crew-connection.ts';
import { HttpError } from '../http-error.ts';
import { route, type Route } from '../route.ts';
import { describes, flag, optional } from '../schemas/schema.ts';
import { workersChanged } from '../workers-status.ts';
import { CLOSED, JSON_TYPE } from '../schemas/members.ts';
import {
  changed,
  namedMembers,
  readSelection,
  selectedMembers,
  type Named,
  type Selected,
} from './worker-selection.ts';

interface CommandBody extends Selected {
  force?: boolean;
}

interface WorkerCommand {
  word: string;
  /** Whether it takes `force`. */
  starts?: boolean;
  summary: string;
  description: string;
  request(crew: CrewConnection, select: Selection, force: boolean): Promise<{ outcomes: WorkerOutcome[] }>;
}

const WHO = 'One worker, a pool, those with labels, or all.';

function commandRoute({ word, starts, summary, description, request }: WorkerCommand): Route {
  const schema = starts
    ? describes<CommandBody>(
        {
          ...selectedMembers,
          force: optional(
            flag('Start also one that has ended and that the machine has no room for, at your own risk.'),
          ),
        },
        CLOSED,
      )
    : describes<Selected>(selectedMembers, CLOSED);
  return route<unknown, Named, CommandBody | undefined>({
    method: 'POST',
    path: `/api/workers/${word}/`,
    name: `${word}Workers`,
    group: 'Workers',
    summary,
    description: `${WHO} ${description}`,
    query: describes<Named>(namedMembers, CLOSED),
    body: { required: false, schema },
    answer: { type: JSON_TYPE, schema: workersChanged },
    handle: async ({ query, body }, { crew }) => {
      const select = await readSelection({ ...query, ...body }, crew);
      if (!select) {
        throw new HttpError('badRequest', 'Which workers are meant? None are named.', {
          place: 'body',
          nextStep: 'Give worker_id, pool, labels or all.',
        });
      }
      const { outcomes } = await request(crew, select, body?.force ?? false);
      return changed(outcomes, crew);
    },
  });
}

const COMMANDS: readonly WorkerCommand[] = [
  {
    word: 'stop',
    summary: 'Asks workers to end, within their grace',
    description: 'After it (30 s) by force. The job goes back to the queue with its checkpoint.',
    request: (crew, select) => crew.request('stop', { select }),
  },
  {
    word: 'abort',
    summary: 'Ends workers by force',
    description:
      'What their current jobs have done since the last checkpoint is lost; the jobs go back to the queue. Answered when they have ended.',
    request: (crew, select) => crew.request('abort', { select }),
  },
  {
    word: 'restart',
    starts: true,
    summary: 'Stops workers and starts them again under their ids',
    description: 'One that has ended is started if there is room for it, or with `force`.',
    request: (crew, select, force) => crew.request('restart', { select, force }),
  },
  {
    word: 'pause',
    summary: 'Lets workers take no more jobs',
    description: 'They finish the one they have.',
    request: (crew, select) => crew.request('pause', { select, paused: true }),
  },
  {
    word: 'resume',
    summary: 'Lets paused workers take jobs again',
    description: '',
    request: (crew, select) => crew.request('pause', { select, paused: false }),
  },
  {
    word: 'freeze',
    summary: 'Stops all processes of workers where they are',
    description: 'Their job’s time limit stands still. Not on Windows.',
    request: (crew, select) => crew.request('freeze', { select, frozen: true }),
  },
  {
    word: 'continue',
    summary: 'Lets frozen workers go on',
    description: '',
    request: (crew, select) => crew.request('freeze', { select, frozen: false }),
  },
  {
    word: 'remove',
    summary: 'Drops workers that have ended from the list',
    description: 'Their logs and history stay.',
    request: (crew, select) => crew.request('remove', { select }),
  },
];

export const workerCommandRoutes: readonly Route[] = COMMANDS.map(commandRoute);
