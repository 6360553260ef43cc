/** The crew as the terminal shows it: the state a supervisor sent, brought forward by its deltas. */
import type { CrewState, StateDelta, WorkerView } from '../control/api.ts';

/** The state after a delta: entities that changed take their old place, new ones come at the end. */
export function applyDelta(state: CrewState, delta: StateDelta): CrewState {
  return {
    ...state,
    sequence: delta.sequence,
    machine: delta.machine ?? state.machine,
    pools: replace(state.pools, delta.pools, delta.removedPools, (pool) => pool.name),
    workers: replace(state.workers, delta.workers, delta.removedWorkers, (worker) => worker.id),
    batches: replace(state.batches, delta.batches, undefined, (batch) => batch.id),
    recent: delta.recent ? [...delta.recent, ...state.recent].slice(0, RECENT_KEPT) : state.recent,
    crewFile: delta.crewFile ?? state.crewFile,
    wanted: delta.wanted ?? state.wanted,
  };
}

/** As many ended jobs as a whole state carries. */
const RECENT_KEPT = 50;

function replace<Entity, Key>(
  known: Entity[],
  changed: Entity[] = [],
  removed: Key[] = [],
  keyOf: (entity: Entity) => Key,
): Entity[] {
  if (changed.length === 0 && removed.length === 0) return known;
  const gone = new Set(removed);
  const byKey = new Map(
    known.filter((entity) => !gone.has(keyOf(entity))).map((entity) => [keyOf(entity), entity]),
  );
  for (const entity of changed) byKey.set(keyOf(entity), entity);
  return [...byKey.values()];
}

/** Whether a process belongs to it, or is about to. */
export function isLive(worker: WorkerView): boolean {
  return worker.state === 'STARTING' || worker.state === 'RUNNING' || worker.state === 'DRAINING';
}
