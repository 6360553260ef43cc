/** Which workers a request means, and what is answered when something was done to them. */
import type { Selection, WorkerOutcome } from '../../control/selection.ts';
import { suggestName } from '../../core/closest-name.ts';
import type { Labels } from '../../core/worker.ts';
import type { CrewConnection } from '../crew-connection.ts';
import { HttpError } from '../http-error.ts';
import type { Answer } from '../route.ts';
import { optional, text } from '../schemas/schema.ts';
import { statusNow } from '../workers-status.ts';
import { labelsMember, NAME } from '../schemas/members.ts';

/** In the query. */
export interface Named {
  worker_id?: string;
  pool?: string;
}
/** In the body. */
export interface Selected extends Named {
  labels?: Labels;
  all?: boolean;
}

export const namedMembers = {
  worker_id: optional(text('One worker.', NAME)),
  pool: optional(text('All workers of a pool.', NAME)),
};
export const selectedMembers = {
  ...namedMembers,
  labels: optional(labelsMember),
  all: optional({ const: true }),
};

/** The workers that are named in one way; undefined when none are. Throws HttpError for several ways, and for one that is unknown. */
export async function readSelection(
  { worker_id: worker, pool, labels, all }: Selected,
  crew: CrewConnection,
): Promise<Selection | undefined> {
  const given: Selection[] = [
    ...(worker === undefined ? [] : [{ workers: [worker] }]),
    ...(pool === undefined ? [] : [{ pool }]),
    ...(labels === undefined ? [] : [{ labels }]),
    ...(all === undefined ? [] : [{ all: true } as const]),
  ];
  if (given.length > 1) {
    throw new HttpError('badRequest', 'Workers are chosen in more than one way.', {
      place: 'body',
      nextStep: 'Give worker_id, pool, labels or all.',
    });
  }
  if (worker !== undefined) await requireWorker(worker, crew);
  return given[0];
}

export async function requireWorker(id: string, crew: CrewConnection): Promise<void> {
  const ids = (await crew.fresh()).workers.map((worker) => worker.id);
  if (ids.includes(id)) return;
  throw new HttpError('notFound', `There is no worker ${id}.`, {
    place: `worker ${id}`,
    nextStep: suggestName(id, ids) ?? 'There are no workers; POST /api/workers/add/ starts one.',
  });
}

/** What could be done to none is a refusal; what could be done to some is told for each. */
export async function changed(outcomes: WorkerOutcome[], crew: CrewConnection): Promise<Answer> {
  const [first] = outcomes;
  if (first && outcomes.every(({ ok }) => !ok)) {
    const others = outcomes.length > 1 ? ` (and ${outcomes.length - 1} more)` : '';
    throw new HttpError('conflict', `${first.worker}: ${first.message}${others}`, {
      place: `worker ${first.worker}`,
      nextStep: first.refusal
        ? `${first.refusal.nextStep} Or start it anyway, with \`force\`.`
        : '`outcomes` has the reason for each worker.',
      outcomes,
    });
  }
  return { json: { ...(await statusNow(await crew.fresh(), crew)), outcomes } };
}
