/**
 * The crew as a face sees it: the snapshot a supervisor sent, brought forward by its deltas. Pure, so that the trees,
 * the status bar and the dashboard (in a browser) share one reducer.
 */
import type { CrewState, RecentJob, StateDelta } from './crew-state.ts';

/** As many ended jobs as a snapshot carries; older ones are asked for, not held. */
export const RECENT_JOBS_KEPT = 50;

/** The state after a delta. Entities that did not change keep their identity, so a face can compare by reference. */
export function applyDelta(crew: CrewState, delta: StateDelta): CrewState {
  return {
    ...crew,
    sequence: delta.sequence,
    machine: delta.machine ?? crew.machine,
    pools: replaceChanged(crew.pools, delta.pools, delta.removedPools, (pool) => pool.name),
    workers: replaceChanged(crew.workers, delta.workers, delta.removedWorkers, (worker) => worker.id),
    batches: replaceChanged(crew.batches, delta.batches, delta.removedBatches, (batch) => batch.id),
    recent: delta.recent ? withNewest(crew.recent, delta.recent) : crew.recent,
    crewFile: delta.crewFile ?? crew.crewFile,
    troubles: delta.troubles ?? crew.troubles,
    wanted: delta.wanted ?? crew.wanted,
  };
}

/** One delta that does what two in a row do; a face that is fed less often than they come gets this one. */
export function mergeDeltas(first: StateDelta, second: StateDelta): StateDelta {
  const merged: StateDelta = { ...first, ...second };
  const pools = mergeChanges(
    { changed: first.pools, removed: first.removedPools },
    { changed: second.pools, removed: second.removedPools },
    (pool) => pool.name,
  );
  const workers = mergeChanges(
    { changed: first.workers, removed: first.removedWorkers },
    { changed: second.workers, removed: second.removedWorkers },
    (worker) => worker.id,
  );
  if (pools.changed) merged.pools = pools.changed;
  if (pools.removed) merged.removedPools = pools.removed;
  if (workers.changed) merged.workers = workers.changed;
  if (workers.removed) merged.removedWorkers = workers.removed;
  const batches = mergeChanges(
    { changed: first.batches, removed: first.removedBatches },
    { changed: second.batches, removed: second.removedBatches },
    (batch) => batch.id,
  );
  if (batches.changed) merged.batches = batches.changed;
  if (batches.removed) merged.removedBatches = batches.removed;
  if (first.recent && second.recent) merged.recent = withNewest(first.recent, second.recent);
  return merged;
}

/** Whole entities by key: changed ones in their place, new ones at the end, removed ones gone. */
function replaceChanged<Entity, Key>(
  known: Entity[],
  changed: Entity[] | undefined,
  removed: Key[] | undefined,
  keyOf: (entity: Entity) => Key,
): Entity[] {
  if (!changed?.length && !removed?.length) return known;
  const gone = new Set(removed);
  const news = new Map(changed?.map((entity) => [keyOf(entity), entity]));
  const next: Entity[] = [];
  for (const entity of known) {
    const key = keyOf(entity);
    const replacement = news.get(key);
    if (replacement) news.delete(key);
    // Named as changed and as removed: it went and came again, and the change is its newest state.
    if (replacement) next.push(replacement);
    else if (!gone.has(key)) next.push(entity);
  }
  next.push(...news.values());
  return next;
}

function withNewest(known: RecentJob[], newest: RecentJob[]): RecentJob[] {
  const fresh = new Set(newest.map((job) => `${job.id}/${job.attempt}`));
  const older = known.filter((job) => !fresh.has(`${job.id}/${job.attempt}`));
  return [...newest, ...older].slice(0, RECENT_JOBS_KEPT);
}

interface Changes<Entity, Key> {
  changed: Entity[] | undefined;
  removed: Key[] | undefined;
}

function mergeChanges<Entity, Key>(
  first: Changes<Entity, Key>,
  second: Changes<Entity, Key>,
  keyOf: (entity: Entity) => Key,
): Changes<Entity, Key> {
  if (!first.changed && !first.removed) return second;
  const changed = replaceChanged(first.changed ?? [], second.changed, second.removed, keyOf);
  const alive = new Set(changed.map(keyOf));
  const removed = new Set([...(first.removed ?? []), ...(second.removed ?? [])]);
  return { changed, removed: [...removed].filter((key) => !alive.has(key)) };
}
