/** Which jobs a person means, as ranges of ids by batch and state: a million of them are a short answer. */
import { rangesOf, type JobGroup } from '../../core/id-ranges.ts';
import type { JobId, JobState } from '../../core/job.ts';
import type { StoreQueries } from '../contract.ts';
import type { JobFilter } from '../../core/job-records.ts';
import type { Projection } from '../projection.ts';
import { ALL_STATES, batchesOf, needsScan } from './job-list.ts';
import { conditionOf } from './job-scan.ts';

export function queryJobGroups(
  projection: Projection,
  parameters: StoreQueries['jobGroups']['parameters'],
): JobGroup[] {
  if ('ids' in parameters) return groupsOfIds(projection, parameters.ids);
  const { filter } = parameters;
  const states = filter.states?.length ? [...new Set(filter.states)] : ALL_STATES;
  const groups = needsScan(filter)
    ? states.flatMap((state) => groupsByBatch(projection, state, scanState(projection, filter, state)))
    : groupsOfBatches(projection, filter, states);
  return groups.filter(({ ids }) => ids.length > 0);
}

/** A batch of which all jobs are in one state, or none, is not looked into. */
function groupsOfBatches(projection: Projection, filter: JobFilter, states: JobState[]): JobGroup[] {
  return batchesOf(projection, filter).flatMap(({ id: batch, firstJob, jobCount, counts }) => {
    const last = firstJob + jobCount - 1;
    return states.map((state) => {
      if (counts[state] === jobCount) return { batch, state, ids: [firstJob, last] };
      const ids =
        counts[state] === 0
          ? []
          : projection.database.numbers(
              'SELECT id FROM jobs INDEXED BY jobs_by_state WHERE state = ? AND id BETWEEN ? AND ? ORDER BY id',
              [state, firstJob, last],
            );
      return { batch, state, ids: rangesOf(ids) };
    });
  });
}

function scanState({ database, batches }: Projection, filter: JobFilter, state: JobState): JobId[] {
  const { condition, values } = conditionOf({ ...filter, states: [state] }, batches);
  return database.numbers(`SELECT id FROM jobs WHERE ${condition} ORDER BY id`, values);
}

function groupsOfIds(projection: Projection, ids: JobId[]): JobGroup[] {
  const byState = new Map<JobState, JobId[]>();
  for (const id of [...new Set(ids)].sort((one, other) => one - other)) {
    const row = projection.database.row('SELECT state FROM jobs WHERE id = ?', [id]);
    if (!row) continue;
    const state = row['state'] as JobState;
    const found = byState.get(state);
    if (found) found.push(id);
    else byState.set(state, [id]);
  }
  return [...byState].flatMap(([state, found]) => groupsByBatch(projection, state, found));
}

/** `ids` ascending; so are the batches they belong to. Jobs of an archived batch belong to none. */
function groupsByBatch({ batches }: Projection, state: JobState, ids: JobId[]): JobGroup[] {
  const groups: JobGroup[] = [];
  let start = 0;
  for (const { id: batch, firstJob, jobCount } of batches.entries) {
    while (start < ids.length && ids[start]! < firstJob) start++;
    let end = start;
    while (end < ids.length && ids[end]! < firstJob + jobCount) end++;
    if (end > start) groups.push({ batch, state, ids: rangesOf(ids.slice(start, end)) });
    start = end;
  }
  return groups;
}
