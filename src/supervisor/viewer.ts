/** The one place where what the supervisor knows becomes what faces are shown. */
import type {
  BatchView,
  CrewState,
  MachineView,
  PoolView,
  ServerInfo,
  WorkerView,
} from '../control/crew-state.ts';
import type { RampView } from '../control/ramp-view.ts';
import type { BatchId } from '../core/job.ts';
import type { Clock } from '../core/clock.ts';
import { RECENT_JOBS, type Changes } from './changes.ts';
import type { CrewFileSource } from './crew-file-source.ts';
import type { HealthJudge } from './health-judge.ts';
import type { PoolFigures } from './incidents.ts';
import type { Launcher } from './launcher.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';
import type { Troubles } from './troubles.ts';
import { batchView, machineView, poolView, workerView } from './views.ts';
import type { Worker } from './worker.ts';

export interface Viewer {
  worker(id: string): WorkerView | undefined;
  pool(name: string): PoolView;
  /** Pools that the crew file no longer has are hidden once they have neither jobs nor workers. */
  poolNames(): Map<'shown' | 'hidden', string[]>;
  batch(id: BatchId): BatchView | undefined;
  machine(): MachineView;
  /** All of one pool at this moment. */
  figures(pool: string): PoolFigures;
  state(): CrewState;
}

interface Parts {
  queue: Queue;
  roster: Roster;
  pools: PoolRegister;
  launcher: Launcher;
  judge: HealthJudge;
  clock: Clock;
  changes: Changes;
  crewFile: CrewFileSource;
  troubles: Troubles;
  sequence: () => number;
  server: () => ServerInfo;
  wanted: () => boolean;
  ramp: (pool: string) => RampView | undefined;
}

export function createViewer({
  queue,
  roster,
  pools,
  launcher,
  judge,
  clock,
  changes,
  crewFile,
  troubles,
  ...now
}: Parts): Viewer {
  const view = (worker: Worker): WorkerView =>
    workerView(worker, {
      pool: pools.settings(worker.pool),
      queue,
      judge,
      clock,
      logFile: launcher.logFile(worker),
    });
  const pool = (name: string): PoolView =>
    poolView(queue.pool(name), queue.retries.count(name), pools.settings(name), now.ramp(name));
  const isInUse = (name: string): boolean => {
    const { pending, running } = queue.pool(name).counts;
    return pending + running > 0 || roster.ofPool(name).length > 0;
  };
  const poolNames = (): Map<'shown' | 'hidden', string[]> => {
    const inFile = new Set(crewFile.read()?.pools.map(({ name }) => name));
    const isShown = (name: string): boolean => inFile.has(name) || isInUse(name);
    const declared = [...pools.all].map(({ name }) => name);
    const queued = [...queue.pools].map(({ name }) => name);
    return Map.groupBy(new Set([...declared, ...queued]), (name) => (isShown(name) ? 'shown' : 'hidden'));
  };
  return {
    worker: (id) => {
      const worker = roster.get(id);
      return worker && view(worker);
    },
    pool,
    poolNames,
    batch: (id) => {
      const batch = queue.batch(id);
      return batch && batchView(batch, queue);
    },
    machine: () => machineView(roster, judge),
    figures: (name) => ({
      pool: pool(name),
      workers: roster.ofPool(name).map(view),
      machine: machineView(roster, judge),
    }),
    state: () => ({
      server: now.server(),
      sequence: now.sequence(),
      machine: machineView(roster, judge),
      pools: (poolNames().get('shown') ?? []).map(pool),
      workers: [...roster.all].map(view),
      batches: [...queue.batches]
        .filter(({ archived }) => archived === undefined)
        .map((batch) => batchView(batch, queue)),
      recent: changes.recent.slice(-RECENT_JOBS).reverse(),
      crewFile: crewFile.report(),
      troubles: troubles.all,
      wanted: now.wanted(),
    }),
  };
}
