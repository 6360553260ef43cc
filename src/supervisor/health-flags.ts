/**
 * Follows each live worker's health, once a second: marks what changed for the faces, records when a worker stalls or its job is
 * stuck and when it gets on again, and tells of an alert once.
 */
import type { Notice } from '../control/api.ts';
import type { Clock } from '../core/clock.ts';
import type { WorkerNoteKind } from '../core/events.ts';
import { formatDuration } from '../core/duration.ts';
import { computingText } from '../core/health-checks.ts';
import type { Store } from '../store/contract.ts';
import type { AutoRestart } from './auto-restart.ts';
import type { Changes } from './changes.ts';
import { isElsewhere } from './elsewhere.ts';
import type { HealthJudge } from './health-judge.ts';
import type { Worker } from './worker.ts';

interface Parts {
  store: Store;
  judge: HealthJudge;
  changes: Changes;
  clock: Clock;
  autoRestart: AutoRestart;
  ping: (worker: Worker) => Promise<void>;
  notice: (notice: Notice) => void;
}

/** What was seen of a launch the last time. */
interface Seen {
  launch: number;
  stalled: boolean;
  stuck: boolean;
  /** The checks it does not pass, and those that alert. */
  findings: string;
  alerts: string;
  pinging: boolean;
}

export class HealthFlags {
  readonly #parts: Parts;
  readonly #seen = new WeakMap<Worker, Seen>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of a worker that has registered and lives; its silence was judged. */
  look(worker: Worker): void {
    const seen = this.#lastSeen(worker);
    this.#stalled(worker, seen);
    this.#stuck(worker, seen);
    this.#findings(worker, seen);
    this.#askAgain(worker, seen);
  }

  #stalled(worker: Worker, seen: Seen): void {
    const { stalled } = worker;
    if (stalled === seen.stalled) return;
    seen.stalled = stalled;
    if (!stalled) return this.#note(worker, 'heard', 'was heard again');
    const silent = (this.#parts.clock.monotonic() - (worker.heartbeatMonotonic ?? 0)) / 1000;
    const cpu = isElsewhere(worker) ? undefined : worker.cpu;
    const reason = `no heartbeat for ${formatDuration(silent)}${computingText(cpu)}`;
    this.#note(worker, 'stalled', reason);
    this.#parts.autoRestart.flagged(worker, 'stalled', reason);
  }

  /** Whoever is not heard may well get on. */
  #stuck(worker: Worker, seen: Seen): void {
    const progress = this.#parts.judge.progress(worker);
    const isStuck = progress?.state === 'stopped' && !worker.stalled;
    if (isStuck === seen.stuck && isStuck === (worker.stuck !== undefined)) return;
    const job = worker.current?.job.id;
    worker.stuck = isStuck ? `job ${job}: ${progress.reason}` : undefined;
    if (isStuck === seen.stuck) return;
    seen.stuck = isStuck;
    if (!isStuck) {
      if (!worker.ending) this.#note(worker, 'moved', progress ? 'gets on again' : 'its job has ended');
      return;
    }
    this.#note(worker, 'stuck', worker.stuck!);
    this.#parts.autoRestart.flagged(worker, 'stuck', worker.stuck!);
  }

  #findings(worker: Worker, seen: Seen): void {
    const failed = this.#parts.judge.check(worker).filter(({ ok }) => !ok);
    const findings = failed.map(({ name }) => name).join();
    const alerts = failed
      .filter(({ alert }) => alert)
      .map(({ name }) => name)
      .join();
    if (findings !== seen.findings) this.#parts.changes.workerNews(worker.id);
    if (findings !== seen.findings) this.#parts.changes.other('machine');
    if (alerts !== '' && seen.alerts === '') {
      const message = failed.find(({ alert }) => alert)!.message;
      this.#parts.notice({ severity: 'warning', message: `${worker.id}: ${message}`, worker: worker.id });
    }
    seen.findings = findings;
    seen.alerts = alerts;
  }

  /** One that did not answer is asked until it does, so that the finding does not outlast what was found. */
  #askAgain(worker: Worker, seen: Seen): void {
    const { response } = worker.health;
    if (!response || response.answered || seen.pinging) return;
    if (this.#parts.clock.monotonic() - response.asked < 1000 * this.#parts.judge.interval(worker)) return;
    seen.pinging = true;
    void this.#parts.ping(worker).finally(() => (seen.pinging = false));
  }

  #lastSeen(worker: Worker): Seen {
    const known = this.#seen.get(worker);
    if (known?.launch === worker.launch) return known;
    const { launch } = worker;
    const seen = { launch, stalled: false, stuck: false, findings: '', alerts: '', pinging: false };
    this.#seen.set(worker, seen);
    return seen;
  }

  #note(worker: Worker, kind: WorkerNoteKind, reason: string): void {
    const { store, changes } = this.#parts;
    store.append({ type: 'worker.noted', worker: worker.id, launch: worker.launch, kind, reason });
    changes.workerNews(worker.id);
  }
}
