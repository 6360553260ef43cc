/**
 * Figures over time: looks once a second at what is known of each worker, and keeps it. Only while workers live; then nothing is
 * added and nothing written. Memory and CPU are as fresh as the monitor's last round.
 */
import type { Clock } from '../core/clock.ts';
import type { MetricLook } from '../core/metric-bucket.ts';
import { MetricHistory, type MetricSubject, RESOLUTIONS } from '../core/metric-history.ts';
import type { WorkerId } from '../core/worker.ts';
import { isLive } from '../core/worker-state.ts';
import type { FileSystem } from '../store/file-system.ts';
import { MetricsFile } from '../store/metrics-file.ts';
import type { RestoredState } from '../store/restored-state.ts';
import { isElsewhere } from './elsewhere.ts';
import type { Log } from './log.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';

/** What a kill of the supervisor may cost; milliseconds. */
const SAVE_INTERVAL = 60_000;
/** Seconds. */
const LONGEST_KEPT = Math.max(...RESOLUTIONS.map(({ step, kept }) => step * kept));

interface Parts {
  roster: Roster;
  clock: Clock;
  log: Log;
  files: FileSystem;
  stateFolder: string;
  restored: Pick<RestoredState, 'workers'>;
}

/** Ended attempts of a worker, ever. */
interface Ended {
  done: number;
  failed: number;
}

export class MetricsRecorder {
  readonly history: MetricHistory = new MetricHistory();
  readonly #parts: Parts;
  readonly #file: MetricsFile;
  readonly #loaded = Promise.withResolvers<void>();
  #isLoaded = false;
  /** As of the last look. */
  #ended: Map<WorkerId, Ended>;
  #lookedAt: number | undefined;
  #savedAt: number;
  #saving: Promise<void> | undefined;
  #hasWarned = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#file = new MetricsFile(parts.files, parts.stateFolder, this.history);
    this.#ended = new Map(
      parts.restored.workers.map(({ id, jobsDone, jobsFailed }) => [
        id,
        { done: jobsDone, failed: jobsFailed },
      ]),
    );
    this.#savedAt = parts.clock.monotonic();
  }

  /** Resolves when it knows what was kept before. */
  get loaded(): Promise<void> {
    return this.#loaded.promise;
  }

  /** Behind the start, which does not wait for it. */
  async start(): Promise<void> {
    const { log } = this.#parts;
    try {
      const damaged = await this.#file.load();
      if (damaged > 0)
        log.warn(`Figures over time: ${damaged} damaged blocks of the file metrics are left out.`);
    } catch (error) {
      log.error('Figures over time of before cannot be read.', error);
    }
    this.#isLoaded = true;
    this.#loaded.resolve();
  }

  /** Called every second. */
  tick(): void {
    if (!this.#isLoaded) return;
    const now = this.#parts.clock.monotonic();
    const seconds = (now - (this.#lookedAt ?? now)) / 1000;
    this.#lookedAt = now;
    this.#look(seconds);
    if (now - this.#savedAt >= SAVE_INTERVAL) void this.save();
  }

  /** Writes what is new; one round at a time. */
  save(): Promise<void> {
    const { clock, log } = this.#parts;
    this.#savedAt = clock.monotonic();
    this.history.forget(clock.now() / 1000 - LONGEST_KEPT);
    this.#saving ??= this.#file
      .save()
      .then(() => (this.#hasWarned = false))
      .catch((error: unknown) => {
        if (!this.#hasWarned)
          log.error('Figures over time cannot be saved; tried again every minute.', error);
        this.#hasWarned = true;
      })
      .then(() => (this.#saving = undefined));
    return this.#saving;
  }

  async end(): Promise<void> {
    if (!this.#isLoaded) return;
    await this.#saving;
    await this.save();
  }

  #look(seconds: number): void {
    const ended = new Map<WorkerId, Ended>();
    const pools = new Map<string, MetricLook>();
    for (const worker of this.#parts.roster.all) {
      const { id, pool, jobsDone: done, jobsFailed: failed } = worker;
      ended.set(id, { done, failed });
      const fresh = since(this.#ended.get(id), { done, failed });
      if (!isLive(worker.state) && fresh.done + fresh.failed === 0) continue;
      const look = lookAt(worker, seconds, fresh);
      this.#keep({ pool, worker: id }, look);
      pools.set(pool, together(pools.get(pool), look));
    }
    this.#ended = ended;
    for (const [pool, look] of pools) this.#keep({ pool }, look);
  }

  #keep(subject: MetricSubject, look: MetricLook): void {
    this.history.look(subject, look, this.#parts.clock.now());
  }
}

function lookAt(worker: Worker, seconds: number, ended: Ended): MetricLook {
  const lives = isLive(worker.state);
  // What one says of itself from elsewhere is not known any more once it says nothing.
  const isKnown = lives && !(worker.stalled && isElsewhere(worker));
  return {
    seconds,
    lived: lives ? 1 : 0,
    busy: worker.current ? 1 : 0,
    memory: isKnown ? worker.memory : undefined,
    cpu: isKnown ? worker.cpu : undefined,
    ...ended,
  };
}

/** Two workers at the same time; what is known of one only is of that one. */
function together(one: MetricLook | undefined, other: MetricLook): MetricLook {
  if (!one) return { ...other };
  const sum = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined ? b : a + (b ?? 0);
  return {
    seconds: other.seconds,
    lived: one.lived + other.lived,
    busy: one.busy + other.busy,
    memory: sum(one.memory, other.memory),
    cpu: sum(one.cpu, other.cpu),
    done: one.done + other.done,
    failed: one.failed + other.failed,
  };
}

/** A worker of the same name that was added anew counts from the beginning. */
function since(before: Ended | undefined, now: Ended): Ended {
  if (!before || now.done < before.done || now.failed < before.failed) return now;
  return { done: now.done - before.done, failed: now.failed - before.failed };
}
