/** What looks after a crew that nobody looks at: alerts, ramps, figures over time, and an end to what is kept. */
import { join } from 'node:path';
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import type { RestoredState } from '../store/restored-state.ts';
import type { FileSystem } from '../store/file-system.ts';
import { Alerter } from './alerter.ts';
import { Archiver, removeUnfinishedArchives } from './archiver.ts';
import type { Changes } from './changes.ts';
import type { CrewFileSource } from './crew-file-source.ts';
import type { DiskGate } from './disk-gate.ts';
import type { Endings } from './endings.ts';
import { Incidents, type PoolFigures } from './incidents.ts';
import type { Log } from './log.ts';
import { MetricsRecorder } from './metrics-recorder.ts';
import type { PoolRegister } from './pool-register.ts';
import { PoolSize } from './pool-size.ts';
import type { Queue } from './queue.ts';
import { Ramps } from './ramps.ts';
import type { Roster } from './roster.ts';
import type { Starts } from './starts.ts';
import type { Troubles } from './troubles.ts';

interface Parts {
  store: DiskGate;
  queue: Queue;
  roster: Roster;
  pools: PoolRegister;
  endings: Endings;
  starts: Starts;
  changes: Changes;
  troubles: Troubles;
  crewFile: CrewFileSource;
  clock: Clock;
  log: Log;
  workspace: string;
  stateFolder: string;
  files: FileSystem;
  restored: Pick<RestoredState, 'alertsTold' | 'ramps' | 'workers'>;
  wanted: () => boolean;
  figures: (pool: string) => PoolFigures;
  notice: (notice: Notice) => void;
}

export class Care {
  readonly #parts: Parts;
  readonly alerter: Alerter;
  readonly archiver: Archiver;
  readonly metrics: MetricsRecorder;
  readonly ramps: Ramps;
  /** Of which people were told. */
  #stalled = new Set<string>();
  #troubles = new Set<string>();

  constructor(parts: Parts) {
    const { store, queue, roster, crewFile, clock, log, workspace, stateFolder, notice, changes } = parts;
    this.#parts = parts;
    this.alerter = new Alerter({ ...parts, settings: () => crewFile.alerts }, parts.restored);
    this.archiver = new Archiver({
      store,
      queue,
      clock,
      log,
      folder: join(stateFolder, 'archives'),
      retention: () => crewFile.retention,
      warn: (message) => notice({ severity: 'warning', message }),
    });
    this.metrics = new MetricsRecorder(parts);
    this.ramps = new Ramps(
      {
        ...parts,
        ...parts.starts,
        size: new PoolSize({ ...parts, ...parts.starts }),
        incidents: new Incidents({ store, workspace, folder: join(stateFolder, 'incidents') }),
        writable: () => !store.blocked,
        tell: (fact) => this.alerter.tell(fact),
      },
      parts.restored,
    );
    changes.onJobEnded(({ id, finishedAt, ...attempt }) =>
      this.ramps.attemptEnded(attempt.pool, { ...attempt, job: id, at: finishedAt }),
    );
    queue.onEnded({
      jobFailed: (job, batch, reason) =>
        this.alerter.tell({
          kind: 'job-failed',
          at: clock.now(),
          job: job.id,
          pool: job.pool,
          batch,
          reason,
        }),
      batchFinished: ({ name, counts }) =>
        this.alerter.tell({
          kind: 'batch-finished',
          at: clock.now(),
          batch: name,
          done: counts.done,
          failed: counts.failed,
          cancelled: counts.cancelled,
        }),
    });
    roster.onTransition(({ id, state, reason }) => {
      if (state === 'FAILED')
        this.alerter.tell({ kind: 'worker-failed', at: clock.now(), worker: id, reason });
    });
  }

  start(): void {
    const { stateFolder, log } = this.#parts;
    removeUnfinishedArchives(join(stateFolder, 'archives'), log);
    void this.metrics.start();
    this.alerter.start().catch((error: unknown) => log.error('Earlier alerts cannot be told.', error));
    this.ramps.resume().catch((error: unknown) => log.error('The ramps do not go on.', error));
  }

  /** Called every second. */
  tick(): void {
    this.#lookForStalls();
    this.#lookForTroubles();
    this.archiver.tick();
    this.ramps.tick();
    this.metrics.tick();
  }

  async end(): Promise<void> {
    this.ramps.end();
    await Promise.all([this.alerter.end(), this.archiver.stop(), this.metrics.end()]);
  }

  #lookForStalls(): void {
    const { roster, clock } = this.#parts;
    const stalled = [...roster.all].filter((worker) => worker.stalled);
    for (const { id, current } of stalled) {
      if (this.#stalled.has(id)) continue;
      const reason = `it says nothing any more${current ? `; it has job ${current.job.id}` : ''}`;
      this.alerter.tell({ kind: 'stalled', at: clock.now(), worker: id, reason });
    }
    this.#stalled = new Set(stalled.map(({ id }) => id));
  }

  #lookForTroubles(): void {
    const { troubles } = this.#parts;
    for (const { kind, message, since } of troubles.all) {
      if (!this.#troubles.has(kind)) this.alerter.tell({ kind: 'trouble', at: since, reason: message });
    }
    this.#troubles = new Set(troubles.all.map(({ kind }) => kind));
  }
}
