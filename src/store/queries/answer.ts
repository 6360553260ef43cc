/** All questions the projection answers, by name. */
import type { StoreQueries } from '../contract.ts';
import type { GuardState } from '../event-guard.ts';
import type { Projection } from '../projection.ts';
import { queryAlertable } from './alertable.ts';
import { queryArchives } from './archives.ts';
import { queryBatches } from './batches.ts';
import { queryDurations } from './durations.ts';
import { queryGuard } from './guard.ts';
import { queryJobChanges } from './job-changes.ts';
import { queryJobGroups } from './job-groups.ts';
import { queryMemoryPeak } from './memory-peak.ts';
import { queryJobs } from './job-list.ts';
import { queryJob, queryResults, queryWholeJobs } from './job.ts';
import { queryPendingHead } from './pending-head.ts';
import { queryWaiting } from './waiting.ts';
import { queryPoolRecord } from './pool-record.ts';
import { queryRefusals } from './refusals.ts';
import { partlyRemoved, queryRestore, queryRoutes } from './restore.ts';
import { queryBrokenAttempts } from './broken-attempts.ts';
import { queryWorkerHistory, queryWorkerNotes } from './worker-history.ts';

/** Those of the store, and what the store itself asks. */
export interface ProjectionQueries extends StoreQueries {
  guard: { parameters: Record<never, never>; result: GuardState };
}

export type QueryName = keyof ProjectionQueries;

const answers: {
  [Name in QueryName]: (
    projection: Projection,
    parameters: ProjectionQueries[Name]['parameters'],
  ) => ProjectionQueries[Name]['result'];
} = {
  restore: queryRestore,
  pendingHead: queryPendingHead,
  jobs: queryJobs,
  job: queryJob,
  jobGroups: queryJobGroups,
  routes: queryRoutes,
  durations: queryDurations,
  batches: queryBatches,
  results: queryResults,
  wholeJobs: queryWholeJobs,
  toRemove: partlyRemoved,
  archives: queryArchives,
  alertable: queryAlertable,
  workerHistory: queryWorkerHistory,
  refusals: queryRefusals,
  poolRecord: queryPoolRecord,
  workerNotes: queryWorkerNotes,
  jobChanges: queryJobChanges,
  waiting: queryWaiting,
  brokenAttempts: queryBrokenAttempts,
  memoryPeak: queryMemoryPeak,
  guard: queryGuard,
};

/** The tables are brought up to date first, so the answer reflects every event that was applied. */
export function answer<Name extends QueryName>(
  projection: Projection,
  name: Name,
  parameters: ProjectionQueries[Name]['parameters'],
): ProjectionQueries[Name]['result'] {
  projection.settle();
  return answers[name](projection, parameters);
}
