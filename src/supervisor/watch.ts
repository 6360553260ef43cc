/**
 * What only time can tell, looked at once a second: workers that do not register, jobs over their limit, workers that
 * do not go, heartbeats that do not come. The clock's durations are time awake (`AwakeClock`), so that nobody is judged by
 * time in which nobody could act; a stall is believed only after a second look, because those who wake do not all wake
 * at the same moment.
 */
import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { givenUpAfter } from '../core/health-settings.ts';
import { graceOf } from '../core/pool.ts';
import { judgeSilence } from '../core/silence.ts';
import { isLive } from '../core/worker-state.ts';
import type { Attempts } from './attempts.ts';
import type { Changes } from './changes.ts';
import type { DiskGate } from './disk-gate.ts';
import { isElsewhere } from './elsewhere.ts';
import type { Endings } from './endings.ts';
import type { HealthFlags } from './health-flags.ts';
import type { HealthJudge } from './health-judge.ts';
import type { PoolRegister } from './pool-register.ts';
import type { Roster } from './roster.ts';
import type { Worker } from './worker.ts';
import { interruptionMessage } from './attempt-end.ts';

const TICK = 1_000;
interface Parts {
  roster: Roster;
  pools: PoolRegister;
  attempts: Attempts;
  disk: DiskGate;
  endings: Endings;
  judge: HealthJudge;
  flags: HealthFlags;
  clock: Clock;
  changes: Changes;
  /** Called with every tick, for what else is to be looked at. */
  alsoEachTick: () => void;
}

export class Watch {
  readonly #parts: Parts;
  /** Workers that are silent for too long, and since when they are suspected. */
  readonly #suspects = new Map<Worker, number>();
  #cancel: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#cancel = this.#parts.clock.after(TICK, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** Once more than the clock says does no harm: everything is judged by how long it lasts. */
  look(): void {
    for (const worker of this.#parts.roster.all) if (isLive(worker.state)) this.#look(worker);
    this.#parts.alsoEachTick();
  }

  #look(worker: Worker): void {
    const now = this.#parts.clock.monotonic();
    const { ending } = worker;
    if (ending?.forceAt !== undefined && now > ending.forceAt && !ending.forced) {
      void this.#parts.endings.force(worker);
      return;
    }
    if (worker.state === 'STARTING') return this.#startup(worker, now);
    this.#parts.attempts.retract(worker, 'long');
    this.#limit(worker, now);
    this.#stall(worker, now);
    this.#parts.flags.look(worker);
  }

  #startup(worker: Worker, now: number): void {
    if (worker.ending || worker.startupDeadline === undefined || now < worker.startupDeadline) return;
    const limit = this.#parts.pools.settings(worker.pool)?.startup;
    if (this.#parts.disk.blocked) {
      // It waits for an answer that waits for the disk.
      worker.startupDeadline = now + (limit ?? 0) * 1000;
      return;
    }
    const reason = `did not register within ${limit} s; does its command speak the worker protocol?`;
    void this.#parts.endings.abort(worker, { to: 'FAILED', reason, outcome: 'crashed' });
  }

  #limit(worker: Worker, now: number): void {
    const { current } = worker;
    if (!current || worker.ending?.forced) return;
    const { interrupted } = current;
    const grace = graceOf(this.#parts.pools.settings(worker.pool));
    // A frozen worker can do nothing about its limit; what a person cancelled is to end all the same.
    if (worker.frozen && interrupted?.outcome !== 'cancelled') return;
    if (
      (!interrupted || interrupted.outcome === 'returned') &&
      now - (current.startedMonotonic ?? now) > current.job.timeout * 1000
    ) {
      this.#parts.attempts.interrupt(worker, current, 'timed-out');
    }
    if (interrupted && now - interrupted.since > grace) {
      if (interrupted.outcome !== 'timed-out' && interrupted.outcome !== 'cancelled') return;
      const reason = `job ${current.job.id} did not end when asked to: ${interruptionMessage(current)}`;
      void this.#parts.endings.abort(worker, {
        reason,
        outcome: interrupted.outcome,
        relaunch: worker.ending?.relaunch ?? worker.state !== 'DRAINING',
      });
    }
  }

  #stall(worker: Worker, now: number): void {
    if (worker.frozen) {
      this.#suspects.delete(worker);
      return;
    }
    const { judge, changes } = this.#parts;
    const interval = judge.interval(worker) * 1000;
    const limits = judge.limits(worker);
    const heard = worker.heartbeatMonotonic ?? now;
    const suspectedSince = this.#suspects.get(worker);
    const verdict = judgeSilence({ now, heard, interval, limit: limits.stalled * 1000, suspectedSince });
    if (verdict === 'heard') this.#suspects.delete(worker);
    else if (!this.#suspects.has(worker)) this.#suspects.set(worker, now);
    if (verdict !== 'stalled') return;
    const silent = (now - heard) / 1000;
    const isOffline = isElsewhere(worker) && silent > limits.offline;
    if (isOffline && silent > givenUpAfter(judge.interval(worker), limits)) this.#giveUp(worker, silent);
    if (worker.stalled && worker.offline === isOffline) return;
    worker.stalled = true;
    worker.offline = isOffline;
    changes.workerNews(worker.id);
  }

  /** The way to it is cut, and nothing would be lost with it. One that has a job may still work on it: that is never given up by time. */
  #giveUp(worker: Worker, silent: number): void {
    if (worker.ending || worker.assignments.length > 0) return;
    const reason = `offline: not heard for ${formatDuration(silent)}, and without a job`;
    void this.#parts.endings.abort(worker, { to: 'FAILED', reason, outcome: 'crashed' });
  }
}
