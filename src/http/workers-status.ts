/** The status of the workers in the words and the shape of the simulation model whose clients this API was made for. */
import type { CrewState, WorkerView } from '../control/crew-state.ts';
import type { WorkerOutcome } from '../control/selection.ts';
import type { PoolRoom } from '../control/pool-room.ts';
import { isLive } from '../core/worker-state.ts';
import type { CrewConnection } from './crew-connection.ts';
import { workerOutcome } from './schemas/outcomes.ts';
import { WORKER_STATES } from './schemas/names.ts';
import { amount, component, describes, flag, listOf, oneOf, orNull, text, whole } from './schemas/schema.ts';

export interface StatusWorker {
  worker_id: string;
  pid: number | null;
  state: string;
  heartbeat: string | null;
  memory: number | null;
  cpu: number | null;
}

export interface WorkersStatus {
  workers: StatusWorker[];
  limits: { admissible: number; active: number; can_add: boolean };
  memory: { total: number; available: number; percent: number };
}

/** The status after something was done, with what happened to each worker. */
export interface WorkersChanged extends WorkersStatus {
  outcomes: WorkerOutcome[];
}

const statusMembers = {
  workers: listOf(
    describes<StatusWorker>({
      worker_id: text(),
      pid: orNull(whole()),
      state: oneOf(WORKER_STATES),
      heartbeat: orNull(text('ISO 8601, UTC.', { format: 'date-time' })),
      memory: orNull(amount('Bytes of its whole process tree.')),
      cpu: orNull(amount('Percent of one core.')),
    }),
  ),
  limits: describes<WorkersStatus['limits']>({
    admissible: whole(
      'Workers that there is room for, those that live included; GET /api/room/ says it for each pool.',
    ),
    active: whole('Workers that live.'),
    can_add: flag('Whether one more of some pool would be admitted; with `force` it is started in any case.'),
  }),
  memory: describes<WorkersStatus['memory']>({
    total: amount('Bytes.'),
    available: amount('Bytes.'),
    percent: amount('In use.'),
  }),
};

export const workersStatus = component('WorkersStatus', describes<WorkersStatus>(statusMembers));
export const workersChanged = component(
  'WorkersChanged',
  describes<WorkersChanged>({ ...statusMembers, outcomes: listOf(workerOutcome) }),
);

export async function statusNow(state: CrewState, crew: CrewConnection): Promise<WorkersStatus> {
  return statusOf(state, (await crew.request('room', {})).pools);
}

/** As admission would decide of the pool that there is the most room for. */
export function statusOf({ workers, machine }: CrewState, room: readonly PoolRoom[]): WorkersStatus {
  const active = workers.filter(({ state }) => isLive(state)).length;
  const more = Math.max(0, ...room.map((pool) => pool.more));
  const { memoryTotal: total, memoryAvailable: available } = machine;
  const used = total > 0 ? (100 * (total - available)) / total : 0;
  return {
    workers: workers.map(statusWorker),
    limits: { admissible: active + more, active, can_add: more > 0 },
    memory: { total, available, percent: Math.round(used * 10) / 10 },
  };
}

function statusWorker(worker: WorkerView): StatusWorker {
  const { id, pid, state, heartbeatAt, memory, cpu } = worker;
  const live = isLive(state);
  return {
    worker_id: id,
    pid: (live ? pid : undefined) ?? null,
    state,
    heartbeat: heartbeatAt === undefined ? null : new Date(heartbeatAt).toISOString(),
    memory: (live ? memory : undefined) ?? null,
    cpu: (live ? cpu : undefined) ?? null,
  };
}
