/** All that has to do with starting workers, wired together: whether there is room, how, again, and later. */
import type { MemoryPeak } from '../store/restored-state.ts';
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import { Admission } from './admission.ts';
import type { Changes } from './changes.ts';
import type { DiskGate } from './disk-gate.ts';
import type { KeeperLink } from './keeper-link.ts';
import { Launcher } from './launcher.ts';
import type { Log } from './log.ts';
import { Machine } from './machine.ts';
import { MemoryPeaks } from './memory-peaks.ts';
import { Monitor } from './monitor.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Queue } from './queue.ts';
import { Relaunches } from './relaunches.ts';
import { treeProbe } from './resource-probe.ts';
import type { Roster } from './roster.ts';
import type { Troubles } from './troubles.ts';
import { WaitingWorkers } from './waiting-workers.ts';
import type { Worker } from './worker.ts';

interface Parts {
  store: DiskGate;
  roster: Roster;
  pools: PoolRegister;
  queue: Queue;
  changes: Changes;
  troubles: Troubles;
  keeper: KeeperLink;
  clock: Clock;
  log: Log;
  restored: { peaks: readonly MemoryPeak[] };
  workspace: string;
  logFolder: () => string;
  maxWorkers: () => number | undefined;
  distribution: string;
  tokenSecret: () => string;
  watched: () => boolean;
  notice: (notice: Notice) => void;
  /** A worker could not be started now; later it may be. */
  failed: (worker: Worker) => void;
  wanted: () => boolean;
  isCalledFor: (worker: Worker) => boolean;
  isEnding: () => boolean;
  /** Whether a worker is started again has been decided. */
  decided: () => void;
}

export interface Starts {
  admission: Admission;
  launcher: Launcher;
  monitor: Monitor;
  peaks: MemoryPeaks;
  relaunches: Relaunches;
  relaunch: (...of: Parameters<Relaunches['relaunch']>) => void;
  waiting: WaitingWorkers;
  /** Called when a worker has ended. */
  ended: (worker: Worker) => void;
}

export function createStarts(parts: Parts): Starts {
  const { store, clock, restored } = parts;
  const peaks = new MemoryPeaks(store, restored.peaks);
  const monitor = new Monitor({ ...parts, peaks, probe: treeProbe });
  const machine = new Machine(clock);
  const admission = new Admission({ ...parts, machine, peaks, monitor });
  const launcher = new Launcher({ ...parts, admission });
  const writable = (): boolean => !store.blocked;
  const isRelaunching = (): boolean => relaunches.areUnderWay;
  const waiting = new WaitingWorkers({ ...parts, admission, launcher, writable, isRelaunching });
  const relaunches = new Relaunches({ ...parts, disk: store, admission, launcher, waiting });
  const ended = (worker: Worker): void => {
    peaks.settle(worker);
    waiting.roomMade();
  };
  const relaunch: Starts['relaunch'] = (...of) => void relaunches.relaunch(...of);
  return { admission, launcher, monitor, peaks, relaunches, relaunch, waiting, ended };
}
