/**
 * What happens to many jobs at once: one statement for each range of ids, all in the transaction under way. A job that is not
 * in the state its group says is a fault of the event, as with a single job.
 */
import type { JournalEvent } from '../core/events.ts';
import { countIds, eachRange, rangesOf, type JobGroup } from '../core/id-ranges.ts';
import type { BatchEntry } from './batch-directory.ts';
import type { Value } from './database.ts';
import { InvariantError } from './invariant-error.ts';
import { recordJobChange } from './job-changes.ts';
import type { Projection } from './projection.ts';

type EventOf<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;
export type EventOfMany = EventOf<'jobs.cancelled' | 'jobs.requeued' | 'jobs.reprioritised'>;

export function applyManyCancels(
  projection: Projection,
  { groups, reason }: EventOf<'jobs.cancelled'>,
  at: number,
): void {
  const error = JSON.stringify({ message: reason, type: 'cancelled' });
  for (const group of groups) {
    const batch = updateGroup(
      projection,
      group,
      "state = 'cancelled', finished_at = ?, error = ?, not_before = NULL",
      [at, error],
    );
    projection.batches.moveMany(batch, countIds(group.ids), group.state, 'cancelled', at);
    recordJobChange(projection, { at, kind: 'cancelled', detail: reason, ids: group.ids });
  }
}

export function applyRequeue(
  projection: Projection,
  { groups, fresh }: EventOf<'jobs.requeued'>,
  at: number,
): void {
  for (const group of groups) {
    const anew = fresh || group.state === 'done';
    const batch = updateGroup(
      projection,
      group,
      `state = 'pending', failures = 0, worker = NULL, launch = NULL, frame = NULL, claimed_at = NULL, started_at = NULL,
       finished_at = NULL, result = NULL, error = NULL, not_before = NULL${anew ? ', checkpoint = NULL' : ''}`,
      [],
    );
    projection.batches.moveMany(batch, countIds(group.ids), group.state, 'pending', at);
    recordJobChange(projection, { at, kind: 'requeued', detail: anew ? 'fresh' : '', ids: group.ids });
  }
}

export function applyPriority(
  projection: Projection,
  { groups, priority }: EventOf<'jobs.reprioritised'>,
  at: number,
): void {
  for (const group of groups) {
    updateGroup(projection, group, 'priority = ?', [priority]);
    recordJobChange(projection, { at, kind: 'reprioritised', detail: String(priority), ids: group.ids });
  }
}

/** What of the event fits the state that there is; behind damage, some of the jobs may be elsewhere. */
export function fittingPart(projection: Projection, event: JournalEvent): JournalEvent {
  switch (event.type) {
    case 'jobs.cancelled':
    case 'jobs.requeued':
    case 'jobs.reprioritised':
      projection.claims.writeHeld();
      return { ...event, groups: event.groups.map((group) => fittingGroup(projection, group)) };
    default:
      return event;
  }
}

function fittingGroup({ database, batches }: Projection, { batch, state, ids }: JobGroup): JobGroup {
  const entry = batches.find(batch);
  const found = [...eachRange(entry ? ids : [])].flatMap(([first, last]) =>
    database.numbers('SELECT id FROM jobs WHERE id BETWEEN ? AND ? AND batch = ? AND state = ?', [
      first,
      last,
      batch,
      state,
    ]),
  );
  return { batch, state, ids: rangesOf(found) };
}

function updateGroup(
  { database, batches, claims }: Projection,
  { batch, state, ids }: JobGroup,
  assignments: string,
  values: Value[],
): BatchEntry {
  const entry = batches.find(batch);
  if (!entry) throw new InvariantError(`batch ${batch} does not exist`);
  // A claim that is held has a row which still says `pending`.
  claims.writeHeld();
  const sql = `UPDATE jobs SET ${assignments} WHERE id BETWEEN ? AND ? AND batch = ? AND state = ?`;
  for (const [first, last] of eachRange(ids)) {
    const changed = database.change(sql, [...values, first, last, batch, state]);
    if (changed !== last - first + 1) {
      throw new InvariantError(
        `${last - first + 1 - changed} of the jobs ${first} to ${last} are not ${state}`,
      );
    }
  }
  return entry;
}
