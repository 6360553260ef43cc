/** All questions the projection answers, by name. */
import type { StoreQueries } from '../contract.ts';
import type { Projection } from '../projection.ts';
import { queryBatches } from './batches.ts';
import { queryJobs } from './job-list.ts';
import { queryJob, queryResults } from './job.ts';
import { queryPendingHead } from './pending-head.ts';
import { queryRestore } from './restore.ts';
import { queryWorkerHistory } from './worker-history.ts';

export type QueryName = keyof StoreQueries;

const answers: {
  [Name in QueryName]: (
    projection: Projection,
    parameters: StoreQueries[Name]['parameters'],
  ) => StoreQueries[Name]['result'];
} = {
  restore: queryRestore,
  pendingHead: queryPendingHead,
  jobs: queryJobs,
  job: queryJob,
  batches: queryBatches,
  results: queryResults,
  workerHistory: queryWorkerHistory,
};

/** The tables are brought up to date first, so the answer reflects every event that was applied. */
export function answer<Name extends QueryName>(
  projection: Projection,
  name: Name,
  parameters: StoreQueries[Name]['parameters'],
): StoreQueries[Name]['result'] {
  projection.settle();
  return answers[name](projection, parameters);
}
