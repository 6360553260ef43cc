/** Judges workers by the rules of `health-checks.ts`; whoever asks whether one is healthy asks here. */
import type { Clock } from '../core/clock.ts';
import { checkWorker, isHealthy, type HealthCheck, type HealthFacts } from '../core/health-checks.ts';
import { healthThresholds, type HealthThresholds } from '../core/health-settings.ts';
import { DEFAULT_HEARTBEAT_SECONDS } from '../core/pool.ts';
import { judgeProgress, type ProgressHistory, type ProgressVerdict } from '../core/progress-stall.ts';
import { isElsewhere } from './elsewhere.ts';
import type { PoolRegister } from './pool-register.ts';
import type { TaskDurations } from './task-durations.ts';
import type { Worker } from './worker.ts';

interface Parts {
  pools: PoolRegister;
  durations: TaskDurations;
  clock: Clock;
}

export class HealthJudge {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  check(worker: Worker): HealthCheck[] {
    return checkWorker(this.#facts(worker), this.limits(worker));
  }

  isHealthy(worker: Worker): boolean {
    return isHealthy(this.check(worker));
  }

  limits(worker: Worker): HealthThresholds {
    return healthThresholds(this.#parts.pools.settings(worker.pool));
  }

  /** Seconds between two heartbeats. */
  interval(worker: Worker): number {
    const { heartbeatInterval } = worker;
    if (heartbeatInterval !== undefined) return heartbeatInterval;
    return this.#parts.pools.settings(worker.pool)?.heartbeat ?? DEFAULT_HEARTBEAT_SECONDS;
  }

  /** Seconds that the worker is known to have lived through. */
  lived(worker: Worker): number {
    return worker.health.lived.at(this.#seconds(), this.interval(worker));
  }

  /** How long a job took that got done. */
  learn(worker: Worker, task: string, { begun }: ProgressHistory): void {
    this.#parts.durations.add(worker.pool, task, this.lived(worker) - begun);
  }

  hasOutputs(worker: Worker): boolean {
    return this.#parts.pools.settings(worker.pool)?.outputs !== undefined;
  }

  /** Of its job; undefined when it has none, or when that is to end anyway. */
  progress(worker: Worker): ProgressVerdict | undefined {
    const { current } = worker;
    if (!current?.history || current.interrupted || worker.ending) return undefined;
    return judgeProgress({
      history: current.history,
      now: this.lived(worker),
      earlier: this.#parts.durations.of(worker.pool, current.job.task),
      patience: this.limits(worker).progress,
    });
  }

  #facts(worker: Worker): HealthFacts {
    const { health } = worker;
    const heard = worker.heartbeatMonotonic;
    return {
      state: worker.state,
      reason: worker.reason,
      pid: worker.process?.pid,
      isGone: health.isGone,
      isFrozen: worker.frozen !== undefined,
      interval: this.interval(worker),
      heartbeatAge: heard === undefined ? undefined : this.#seconds() - heard / 1000,
      response: health.response,
      progress: this.progress(worker),
      outcomes: worker.outcomes,
      memory: worker.memory,
      cpu: isElsewhere(worker) ? undefined : worker.cpu,
      outputs: health.outputs,
    };
  }

  #seconds(): number {
    return this.#parts.clock.monotonic() / 1000;
  }
}
