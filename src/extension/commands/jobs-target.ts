/** Which jobs a command was called on: a pool, a batch or a job of a tree, or a batch of the dashboard. */
import type { CrewState } from '../../control/crew-state.ts';
import type { JobSelection } from '../../control/selection.ts';
import type { JobFilter } from '../../core/job-records.ts';
import type { QueueElement } from '../queue-view/queue-view.ts';
import { Refusal } from '../refusal.ts';
import type { WorkersNode } from '../workers-view/workers-tree.ts';

/** A number is that of a batch. */
export type JobsTarget = Pick<QueueElement, 'node'> | WorkersNode | number | undefined;

export interface JobsMeant {
  /** `pool tag`, `batch sweep`, `job 17`. */
  name: string;
  /** Without states: those that the command is usually for. */
  select: JobSelection;
}

/** Undefined when the command was called on nothing. */
export function targetedJobs(crew: CrewState, target: JobsTarget): JobsMeant | undefined {
  if (target === undefined) return undefined;
  if (typeof target === 'number') return batchMeant(crew, target);
  if ('kind' in target) return poolMeant(target.pool);
  const { job, batch, pool } = target.node;
  if (job !== undefined) return jobMeant(job);
  if (batch !== undefined) return batchMeant(crew, batch);
  return pool === undefined ? undefined : poolMeant(pool);
}

export function jobMeant(job: number): JobsMeant {
  return { name: `job ${job}`, select: { jobs: [job] } };
}

export function poolMeant(pool: string): JobsMeant {
  return { name: `pool ${pool}`, select: { filter: { pool } } };
}

export function allMeant(): JobsMeant {
  const everything: JobFilter = {};
  return { name: 'all pools', select: { filter: everything } };
}

function batchMeant({ batches }: CrewState, id: number): JobsMeant {
  const batch = batches.find((known) => known.id === id);
  if (!batch) throw new Refusal(`There is no batch ${id} any more.`);
  return { name: `batch ${batch.name}`, select: { filter: { batch: id } } };
}
