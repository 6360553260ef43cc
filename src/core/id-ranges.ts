/**
 * Sets of jobs as ranges of ids: `[1, 500, 502, 502]` are the jobs 1 to 500 and 502, ascending and not touching. Jobs of a
 * batch have consecutive ids, so a million of them mostly are a handful of numbers.
 */
import type { BatchId, JobId, JobState } from './job.ts';

/** First and last of each range in turn. */
export type IdRanges = number[];

/** Jobs of one batch that are in one state. */
export interface JobGroup {
  batch: BatchId;
  state: JobState;
  ids: IdRanges;
}

/** `ids` ascending, each once. */
export function rangesOf(ids: Iterable<JobId>): IdRanges {
  const ranges: IdRanges = [];
  for (const id of ids) {
    if (ranges.length > 0 && ranges.at(-1) === id - 1) ranges[ranges.length - 1] = id;
    else ranges.push(id, id);
  }
  return ranges;
}

export function* eachRange(ranges: IdRanges): Generator<[first: JobId, last: JobId]> {
  for (let index = 0; index < ranges.length; index += 2) yield [ranges[index]!, ranges[index + 1]!];
}

export function* idsOf(ranges: IdRanges): Generator<JobId> {
  for (const [first, last] of eachRange(ranges)) for (let id = first; id <= last; id++) yield id;
}

export function countIds(ranges: IdRanges): number {
  let count = 0;
  for (const [first, last] of eachRange(ranges)) count += last - first + 1;
  return count;
}

export function includesId(ranges: IdRanges, id: JobId): boolean {
  let low = 0;
  let high = ranges.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[2 * middle]! <= id) low = middle + 1;
    else high = middle;
  }
  return low > 0 && id <= ranges[2 * low - 1]!;
}

/** The ranges without the ids of `out`. */
export function withoutIds(ranges: IdRanges, out: Iterable<JobId>): IdRanges {
  const left: IdRanges = [];
  const sorted = [...out].sort((one, other) => one - other);
  let next = 0;
  for (const [first, last] of eachRange(ranges)) {
    let from = first;
    while (next < sorted.length && sorted[next]! < first) next++;
    for (; next < sorted.length && sorted[next]! <= last; next++) {
      const id = sorted[next]!;
      if (id > from) left.push(from, id - 1);
      from = Math.max(from, id + 1);
    }
    if (from <= last) left.push(from, last);
  }
  return left;
}

export function countJobs(groups: readonly JobGroup[]): number {
  return groups.reduce((sum, { ids }) => sum + countIds(ids), 0);
}

/** Tells whether a job is in one of the groups. */
export function membership(groups: readonly JobGroup[]): (job: { id: JobId; batch: BatchId }) => boolean {
  const byBatch = new Map<BatchId, IdRanges[]>();
  for (const { batch, ids } of groups) {
    const known = byBatch.get(batch);
    if (known) known.push(ids);
    else byBatch.set(batch, [ids]);
  }
  return ({ id, batch }) => byBatch.get(batch)?.some((ids) => includesId(ids, id)) ?? false;
}
