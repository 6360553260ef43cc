/** What operations work with. */
import type { Clock } from '../../core/clock.ts';
import type { Notice } from '../../control/api.ts';
import type { CrewState, ServerInfo } from '../../control/crew-state.ts';
import type { Store } from '../../store/contract.ts';
import type { Admission } from '../admission.ts';
import type { Attempts } from '../attempts.ts';
import type { Audit } from '../audit.ts';
import type { Care } from '../care.ts';
import type { CrewSettings } from '../crew-settings.ts';
import type { Changes } from '../changes.ts';
import type { Cleanup } from '../cleanup.ts';
import type { CrewFileSource } from '../crew-file-source.ts';
import type { DiskGate } from '../disk-gate.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Endings } from '../endings.ts';
import type { Feed } from '../feed.ts';
import type { Freezer } from '../freezer.ts';
import type { HealthJudge } from '../health-judge.ts';
import type { JobChanges } from '../job-changes.ts';
import type { Launcher } from '../launcher.ts';
import type { Log } from '../log.ts';
import type { Monitor } from '../monitor.ts';
import type { PoolRegister } from '../pool-register.ts';
import type { Queue } from '../queue.ts';
import type { Roster } from '../roster.ts';
import type { WaitingWorkers } from '../waiting-workers.ts';
import type { Worker } from '../worker.ts';
import type { WorkerMessages } from '../worker-messages.ts';

export interface OperationContext {
  clock: Clock;
  store: Store;
  /** The store's own gate: whether the disk takes what is asked for. */
  disk: DiskGate;
  changes: Changes;
  queue: Queue;
  jobChanges: JobChanges;
  roster: Roster;
  pools: PoolRegister;
  crewFile: CrewFileSource;
  settings: CrewSettings;
  care: Care;
  attempts: Attempts;
  dispatcher: Dispatcher;
  endings: Endings;
  cleanup: Cleanup;
  freezer: Freezer;
  launcher: Launcher;
  admission: Admission;
  waiting: WaitingWorkers;
  judge: HealthJudge;
  messages: WorkerMessages;
  monitor: Monitor;
  feed: Feed;
  audit: Audit;
  log: Log;
  resultsFolder: string;
  archivesFolder: string;
  server: () => ServerInfo;
  state: () => CrewState;
  /** At what only time can tell, see `Watch`. */
  look: () => void;
  notice: (notice: Notice) => void;
  /** Whether the crew is to be brought back by a later supervisor. */
  wanted: () => boolean;
  want: (wanted: boolean) => void;
  /** Takes the crew file's pools in, refusing one with problems. */
  declarePools: () => void;
  /** Whether a connection works with the crew; the control server knows. */
  attended?: () => boolean;
  /** Ends supervisor and keeper after the answer under way was sent. */
  endSoon: () => void;
  /** Leaves keeper and workers to a successor that waits, after the answer under way was sent. */
  handOver: () => void;
  /** Resolves when the condition holds, which is looked at after each change of a worker's state and each end of a job. */
  until: (condition: () => boolean) => Promise<void>;
  /** Whether it has ended and is to be started again as soon as the disk takes the record of it. */
  isRelaunching: (worker: Worker) => boolean;
}
