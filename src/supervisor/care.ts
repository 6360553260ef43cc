/** What looks after a crew that nobody looks at: alerts, figures over time, and an end to what is kept. */
import { join } from 'node:path';
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import type { Store } from '../store/contract.ts';
import type { RestoredState } from '../store/restored-state.ts';
import type { FileSystem } from '../store/file-system.ts';
import { Alerter } from './alerter.ts';
import { Archiver, removeUnfinishedArchives } from './archiver.ts';
import type { CrewFileSource } from './crew-file-source.ts';
import type { Log } from './log.ts';
import { MetricsRecorder } from './metrics-recorder.ts';
import type { Queue } from './queue.ts';
import type { Roster } from './roster.ts';
import type { Troubles } from './troubles.ts';

interface Parts {
  store: Store;
  queue: Queue;
  roster: Roster;
  troubles: Troubles;
  crewFile: CrewFileSource;
  clock: Clock;
  log: Log;
  workspace: string;
  stateFolder: string;
  files: FileSystem;
  restored: Pick<RestoredState, 'alertsTold' | 'workers'>;
  notice: (notice: Notice) => void;
}

export class Care {
  readonly #parts: Parts;
  readonly alerter: Alerter;
  readonly archiver: Archiver;
  readonly metrics: MetricsRecorder;
  /** Of which people were told. */
  #stalled = new Set<string>();
  #troubles = new Set<string>();

  constructor(parts: Parts) {
    const { store, queue, roster, crewFile, clock, log, stateFolder, notice } = parts;
    this.#parts = parts;
    this.alerter = new Alerter({ ...parts, settings: () => crewFile.known?.alerts }, parts.restored);
    this.archiver = new Archiver({
      store,
      queue,
      clock,
      log,
      folder: join(stateFolder, 'archives'),
      retention: () => crewFile.known?.retention,
      warn: (message) => notice({ severity: 'warning', message }),
    });
    this.metrics = new MetricsRecorder(parts);
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
  }

  /** Called every second. */
  tick(): void {
    this.#lookForStalls();
    this.#lookForTroubles();
    this.archiver.tick();
    this.metrics.tick();
  }

  async end(): Promise<void> {
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
